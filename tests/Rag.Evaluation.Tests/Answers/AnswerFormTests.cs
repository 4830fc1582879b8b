using Rag.Answering;
using Rag.Evaluation.Answers;
using Rag.Evaluation.Articles;
using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Tests.Answers;

public sealed class AnswerFormTests
{
    private const string English = "The band played on.", Korean = "한국어 문단이다.";

    [Theory]
    [InlineData(English, "He left the U.S. in 1989–90.", "US", true)]
    [InlineData(English, "He left the USA.", "US", false)]
    [InlineData(English, "He left in 1989–90.", "1989", true)]
    [InlineData(English, "He left in 19891.", "1989", false)]
    [InlineData(English, "It was 19891, then 1989.", "1989", true)]
    [InlineData(English, "The Anglo-Saxon king", "Anglo", true)]
    [InlineData(English, "an Army, of the North", "The army of the north", true)]
    [InlineData(English, "army north", "army of the north", false)]
    [InlineData(English, "the", "a", false)]
    [InlineData(English, "anything", "", false)]
    [InlineData(Korean, "그는 서울에서 태어났다.", "서울", true)]
    [InlineData(Korean, "그는 1989년에 태어났다.", "1989", true)]
    [InlineData(Korean, "그는 21989년에 태어났다.", "1989", false)]
    [InlineData(Korean, "《토지》라는 소설", "토지", true)]
    [InlineData(Korean, "부산", "서울", false)]
    public void Holds_is_containment_of_whole_words(string language, string text, string gold, bool holds) =>
        Assert.Equal(holds, AnswerForm.For(language).Holds(text, [gold]));

    [Theory]
    [InlineData("서울에서 [1]", "서울에서", 0, 6 / 7.0)]
    [InlineData("서울에[1] [2, 3]", "서울에", 1, 1)]
    public void Korean_answers_are_compared_by_characters_without_references(string text, string bare, double exact, double f1)
    {
        var question = new ArticleQuestion(new AnsweredQuestion("1", "어디?", [new GoldAnswer("서울에", 0)], false), new QuestionParagraph("", 0, Korean, []), "a.md");
        AnswerOutcome outcome = AnswerOutcome.From(question, QuestionSetting.Answerable, new Answer { Text = text, Generator = "", Refused = false, Citations = [], Retrieved = [] });
        Assert.Equal(exact, outcome.ExactMatch);
        Assert.Equal(f1, outcome.F1, 12);
        Assert.Equal(bare, outcome.Text);
    }

    [Theory]
    [InlineData("Seoul (서울) is the capital of Korea, and has been since long ago.", false)]
    [InlineData("비틀즈(The Beatles)는 리버풀에서 결성된 록 밴드이다.", true)]
    [InlineData("1989", false)]
    public void Language_is_told_by_the_letters(string text, bool korean) => Assert.Same(AnswerForm.For(korean ? Korean : English), AnswerForm.For(text));
}
