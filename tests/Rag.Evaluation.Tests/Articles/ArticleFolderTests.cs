using System.Text.Json;
using Rag.Evaluation.Articles;
using Rag.Evaluation.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Articles;

public sealed class ArticleFolderTests
{
    private static readonly string[] Hostile =
    [
        "../../etc", "..", ".", "CON", "con", "nul.txt", "a/b", "a\\b", "a:b", "", " ", "/", "C:\\Windows", "~", ".hidden", "-rf", "a\0b", "a\nb", "tail.",
        "Same", "Same", "same", "\ud83d\ude00", "\ud800", "한국사", "<|>*?\"", new string('x', 5_000), "e\u0301\u202Etxt.exe",
    ];

    [Theory]
    [InlineData("Super_Bowl_50", "0007-Super_Bowl_50.md")]
    [InlineData("../../etc", "0007-etc.md")]
    [InlineData("a/b", "0007-a_b.md")]
    [InlineData("CON", "0007-CON.md")]
    [InlineData("", "0007.md")]
    [InlineData("...", "0007.md")]
    [InlineData("임종석", "0007-임종석.md")]
    public void FileName_keeps_letters_and_digits(string title, string expected) => Assert.Equal(expected, ArticleFolder.FileName(7, title));

    [Fact]
    public void Hostile_titles_make_plain_names_each_but_once()
    {
        string[] names = [.. Hostile.Select((title, i) => ArticleFolder.FileName(i + 1, title))];
        Assert.All(names, name => Assert.Matches(@"^\d{4}(-[\p{L}\p{Nd}_]{1,48})?\.md$", name));
        Assert.Distinct(names, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Hostile_titles_are_written_inside_the_folder_and_ingested_each_as_a_document()
    {
        string json = JsonSerializer.Serialize(new
        {
            data = Hostile.Where(title => title != "\ud800").Select(title => new
            {
                title,
                paragraphs = new[] { new { context = "The lamp is green.", qas = new[] { new { id = "1", question = "Colour?", answers = new[] { new { text = "green", answer_start = 12 } } } } } },
            }),
        });
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(json);
        Assert.Equal(Hostile.Length - 1, library.Set.Articles.Count);
        Assert.Empty(await library.Store.VerifyAsync());
    }

    [Fact]
    public async Task A_name_that_is_a_path_is_refused()
    {
        using TemporaryFolder folder = new();
        string inner = Directory.CreateDirectory(folder.File("inner")).FullName;
        await Assert.ThrowsAsync<ArgumentException>(() => ArticleFolder.WriteAsync([new Article("t", "../outside.md", "x")], inner));
        Assert.False(File.Exists(folder.File("outside.md")));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_unavailable() =>
        await Assert.ThrowsAsync<UnavailableException>(() => ArticleFolder.WriteAsync([new Article("t", "a.md", "x")], Path.Combine(Path.GetTempPath(), "rag-no-such-folder")));
}
