using Rag.Evaluation.Articles;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Articles;

public sealed class SquadArticlesTests
{
    [Fact]
    public async Task An_article_is_its_title_as_a_heading_and_its_paragraphs_verbatim()
    {
        ArticleSet set = await ReadAsync("""
            {"data": [{"title": "Super_Bowl\n50", "paragraphs": [
              {"context": "First # one.", "qas": [{"id": "a", "question": "One?", "answers": [{"text": "one", "answer_start": 8}]}]},
              {"context": "Second\n- two", "qas": [{"id": "b", "question": "Two?", "answers": []}]}]}]}
            """);
        Article article = Assert.Single(set.Articles);
        Assert.Equal("# Super Bowl 50\n\nFirst # one.\n\nSecond\n- two\n", article.Markdown);
        Assert.Equal("set", set.Name);
        Assert.Equal("a", Assert.Single(set.Answerable).Question.Id);
        Assert.Equal("b", Assert.Single(set.Unanswerable).Question.Id);
        Assert.All([.. set.Answerable, .. set.Unanswerable], question => Assert.Equal(article.FileName, question.DocumentId));
    }

    [Fact]
    public async Task Articles_of_one_title_stay_apart()
    {
        const string Article = """{"title": "Same", "paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "One?", "answers": [{"text": "x", "answer_start": 0}]}]}]}""";
        ArticleSet set = await ReadAsync($$"""{"data": [{{Article}}, {{Article}}]}""");
        Assert.Equal(["0001-Same.md", "0002-Same.md"], set.Articles.Select(article => article.FileName));
        Assert.Equal(["0001-Same.md", "0002-Same.md"], set.Answerable.Select(question => question.DocumentId));
    }

    [Fact]
    public async Task Gold_sentence_is_found_by_an_offset_in_code_points()
    {
        ArticleSet set = await ReadAsync("""
            {"data": [{"title": "", "paragraphs": [{"context": "😀😀 A green lamp. Then another green lamp.", "qas": [
              {"id": "a", "question": "First?", "answers": [{"text": "green", "answer_start": 5}]},
              {"id": "b", "question": "Second?", "answers": [{"text": "green", "answer_start": 30}]},
              {"id": "c", "question": "Far off?", "answers": [{"text": "another", "answer_start": 2000000000}]},
              {"id": "d", "question": "Elsewhere?", "answers": [{"text": "red", "answer_start": -5}]}]}]}]}
            """);
        Assert.Equal(
            ["😀😀 A green lamp.", "Then another green lamp.", "Then another green lamp.", null],
            set.Answerable.Select(question => question.FindGoldSentence()));
    }

    [Fact]
    public async Task Sample_takes_as_many_as_asked_evenly()
    {
        string questions = string.Join(',', Enumerable.Range(0, 10).Select(i => $$"""{"id": "{{i}}", "question": "Q?", "answers": [{"text": "x", "answer_start": 0}]}"""));
        ArticleSet set = await ReadAsync($$"""{"data": [{"title": "t", "paragraphs": [{"context": "x", "qas": [{{questions}}]}]}]}""");
        Assert.Equal(["0", "2", "5", "7"], set.Sample(4).Answerable.Select(question => question.Question.Id));
        Assert.Equal(10, set.Sample(10).Answerable.Count);
        Assert.Equal(10, set.Sample(1_000).Answerable.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Sample(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"data": 1}""")]
    [InlineData("""{"data": [1]}""")]
    [InlineData("""{"data": []}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x"}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x", "qas": []}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": " ", "answers": []}]}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "Q?", "answers": [{"text": "x"}]}]}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "Q?", "answers": [1]}]}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "x", "qas": [1]}]}]}""")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "\ud800", "qas": [{"id": "a", "question": "Q?", "answers": []}]}]}]}""")]
    public async Task A_file_that_is_not_of_the_form_is_corrupt(string json) => await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(json));

    [Fact]
    public async Task A_file_that_is_not_there_is_unavailable() =>
        await Assert.ThrowsAsync<UnavailableException>(() => SquadArticles.ReadAsync(Path.Combine(Path.GetTempPath(), "rag-no-such-set.json")));

    private static async Task<ArticleSet> ReadAsync(string json)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("set.json"), json);
        return await SquadArticles.ReadAsync(folder.File("set.json"));
    }
}
