using System.Text.Json;
using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests.Text.Analysis;

public sealed class Porter2StemmerTests
{
    [Fact]
    public void Stem_EveryReferenceWord_EqualsSnowballEnglish()
    {
        List<string> wrong = [];
        int words = 0;
        foreach (JsonElement line in MetricFixtures.Lines("stems.jsonl"))
        {
            words++;
            string word = line.GetProperty("word").GetString()!, expected = line.GetProperty("porter2").GetString()!, actual = Stem(word);
            if (actual != expected)
            {
                wrong.Add($"{word}: {actual} instead of {expected}");
            }
        }

        Assert.True(words > 0);
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("y", "y")]
    [InlineData("by", "by")]
    [InlineData("'", "'")]
    [InlineData("'''", "'")]
    [InlineData("skies", "sky")]
    [InlineData("generously", "generous")]
    [InlineData("geologist", "geolog")]
    [InlineData("hopping", "hop")]
    [InlineData("hoping", "hope")]
    [InlineData("adding", "add")]
    [InlineData("luxuriated", "luxuri")]
    [InlineData("yearly", "year")]
    [InlineData("canning", "canning")]
    [InlineData("innings", "inning")]
    [InlineData("proceeds", "proceed")]
    [InlineData("proceeding", "proceed")]
    [InlineData("dying", "die")]
    [InlineData("vying", "vie")]
    [InlineData("flying", "fli")]
    [InlineData("pasted", "paste")]
    public void Stem_SpecialForm_GivesItsStem(string word, string expected) => Assert.Equal(expected, Stem(word));

    [Fact]
    public void Stem_RandomLetters_NeverThrowsNorGrows()
    {
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            char[] word = [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => "aeiouybdlstnging'ed"[random.Next(19)])];
            Assert.InRange(Porter2Stemmer.Stem(word, word.Length), 0, word.Length);
        }
    }

    private static string Stem(string word)
    {
        char[] buffer = word.ToCharArray();
        return new(buffer, 0, Porter2Stemmer.Stem(buffer, buffer.Length));
    }
}
