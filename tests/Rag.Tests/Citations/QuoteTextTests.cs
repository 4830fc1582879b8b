using FsCheck;
using FsCheck.Fluent;
using Rag.Citations;
using Rag.Documents;

namespace Rag.Tests.Citations;

public sealed class QuoteTextTests
{
    [Theory]
    [InlineData("Tickets cost five crowns.", "Tickets cost five crowns.")]
    [InlineData("Tickets\n  cost\tfive  crowns. ", "Tickets cost five crowns.")]
    [InlineData("- Tickets cost", "Tickets cost")]
    [InlineData("*   Tickets\ncost", "Tickets cost")]
    [InlineData("• Tickets", "Tickets")]
    [InlineData("- - Tickets", "- Tickets")]
    [InlineData("-5 degrees", "-5 degrees")]
    [InlineData("*bold* words", "*bold* words")]
    [InlineData("1. Tickets", "1. Tickets")]
    [InlineData("- ", "-")]
    [InlineData("", "")]
    public void AsSentence_IsOneLineWithoutAListsMark(string quote, string expected) => Assert.Equal(expected, QuoteText.AsSentence(quote));

    [Theory]
    [InlineData("one two three", 0, 13, 13, "one two three")]
    [InlineData("one two three", 0, 13, 10, "one two")]
    [InlineData("one two three", 4, 13, 5, "two")]
    [InlineData("onetwothree four", 0, 16, 6, "onetwo")]
    [InlineData("a bcdefghijkl", 0, 13, 8, "a bcdefg")]
    [InlineData("abc😀def", 0, 8, 4, "abc")]
    public void Shorten_CutsAtAWordElseBetweenGraphemes(string text, int start, int end, int max, string expected) =>
        Assert.Equal(expected, QuoteText.Shorten(text, new TextRange(start, end), max).Of(text).ToString());

    [Fact]
    public void Shorten_AnyText_StaysWithinTheBoundAndIsNeverEmpty()
    {
        Gen<string> anyText = Gen.Elements("a", "word", " ", "\n", "😀", "한국어", "e\u0301").NonEmptyListOf().Select(pieces => string.Concat(pieces));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(anyText.ToArbitrary(), Gen.Choose(2, 40).ToArbitrary(), (text, max) =>
        {
            TextRange range = QuoteText.Shorten(text, new TextRange(0, text.Length), max);
            return range.Start == 0 && range.End <= text.Length && range is { IsEmpty: false } && range.Length <= max
                && (range.End == text.Length || !char.IsLowSurrogate(text[range.End]));
        }));
    }
}
