using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

public sealed class WordEdgesTests
{
    [Theory]
    [InlineData("one two", "one| |two")]
    [InlineData("don't stop", "don't| |stop")]
    [InlineData("l’eau", "l’eau")]
    [InlineData("'quoted'", "'|quoted|'")]
    [InlineData("3.14 and 1,000.", "3.14| |and| |1,000|.")]
    [InlineData("at -5 or 7-5", "at| |-5| |or| |7|-|5")]
    [InlineData("서울은 크다", "서울은| |크다")]
    [InlineData("東京は", "東|京|は")]
    [InlineData("ไทย", "ไ|ท|ย")]
    [InlineData("snake_case(x)", "snake_case|(|x|)")]
    [InlineData("𝒜𝒷 𠀀𠀁", "𝒜𝒷| |𠀀|𠀁")]
    [InlineData("end.Next", "end|.|Next")]
    public void IsEdge_Texts_AreCutBetweenWords(string text, string cut)
    {
        int[] starts = System.Globalization.StringInfo.ParseCombiningCharacters(text);
        string actual = string.Concat(starts.Select((start, i) =>
            (start > 0 && WordEdges.IsEdge(text, start) ? "|" : "") + text[start..(i + 1 < starts.Length ? starts[i + 1] : text.Length)]));
        Assert.Equal(cut, actual);
    }
}
