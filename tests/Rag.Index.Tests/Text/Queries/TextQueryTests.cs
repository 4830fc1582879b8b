using Rag.Index.Text;

namespace Rag.Index.Tests.Text.Queries;

public sealed class TextQueryTests
{
    [Theory]
    [InlineData("red apple red", "red*2 apple*1", "")]
    [InlineData("\"red apple\" pie", "red*1 apple*1 pie*1", "red+0 apple+1")]
    [InlineData("“state of the art” lamps", "state*1 art*1 lamp*1", "state+0 art+3")]
    [InlineData("\"the red apple of\"", "red*1 apple*1", "red+1 apple+2")]
    [InlineData("\"apple\" and \"of the\" and \"\"", "appl*1", "")]
    [InlineData("a 5\" pipe cutter", "5*1 pipe*1 cutter*1", "")]
    [InlineData("\"red apple\" \"green", "red*1 apple*1 green*1", "red+0 apple+1")]
    [InlineData("“red \"green apple\" pie", "red*1 green*1 apple*1 pie*1", "green+0 apple+1")]
    [InlineData("\"red apple\"\"apple red\"", "red*2 apple*2", "red+0 apple+1; apple+0 red+1")]
    [InlineData("\"new new york\"", "new*2 york*1", "new+0 new+1 york+2")]
    [InlineData("\"서울특별시\"", "서울*1 울특*1 특별*1 별시*1", "서울+0 울특+1 특별+2 별시+3")]
    [InlineData("", "", "")]
    [InlineData("\"", "", "")]
    public void Parse_Question_GivesWordsAndPhrases(string text, string words, string phrases)
    {
        TextQuery query = TextQuery.Parse(text, new StandardAnalyzer());
        Assert.Equal(words.Replace("apple", "appl", StringComparison.Ordinal), string.Join(' ', query.Words.Select(pair => $"{pair.Key}*{pair.Value}")));
        Assert.Equal(
            phrases.Replace("apple", "appl", StringComparison.Ordinal),
            string.Join("; ", query.Phrases.Select(phrase => string.Join(' ', phrase.Terms.Select(place => $"{place.Term}+{place.Offset}")))));
    }

    [Fact]
    public void Parse_MillionOpeningQuotes_TakesNoQuadraticTime()
    {
        TextQuery query = TextQuery.Parse(new string('\u201C', 1_000_000) + "apple", new StandardAnalyzer());
        Assert.Empty(query.Phrases);
        Assert.Equal(["appl"], query.Words.Keys);
    }
}
