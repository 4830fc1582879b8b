using Rag.Reading;

namespace Rag.Tests.Reading;

public sealed class ReadableTextTests
{
    [Theory]
    [InlineData("When was the bridge over the river built?", true)]
    [InlineData("Where did Angela Merkel and François Hollande meet in 2014?", true)]
    [InlineData("Bridge built when?", true)]
    [InlineData("bridge river year architect Malmö cost", true)]
    [InlineData("bridge river year architect Malmö cost material", false)]
    [InlineData("Wieviel Geld kostete die große Brücke zwischen Köln und Deutz?", false)]
    [InlineData("다리는 언제 지어졌는가?", false)]
    [InlineData("Когда был построен мост через реку?", false)]
    [InlineData("橋はいつ建てられましたか", false)]
    [InlineData("What is 다리?", true)]
    [InlineData("다리는 언제 지어졌는가 in Seoul?", false)]
    public void IsEnglish(string question, bool expected) => Assert.Equal(expected, ReadableText.IsEnglish(question));

    [Theory]
    [InlineData("", true)]
    [InlineData("1492 — ?", true)]
    [InlineData("ab가나", true)]
    [InlineData("a가나", false)]
    [InlineData("žluťoučký kůň", true)]
    [InlineData("мост", false)]
    public void IsLatin(string text, bool expected) => Assert.Equal(expected, ReadableText.IsLatin(text));
}
