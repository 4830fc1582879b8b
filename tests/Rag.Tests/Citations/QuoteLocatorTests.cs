using FsCheck;
using FsCheck.Fluent;
using Rag.Citations;
using Rag.Documents;

namespace Rag.Tests.Citations;

public sealed class QuoteLocatorTests
{
    [Theory]
    [InlineData("one two three", "two", 4, 7)]
    [InlineData("one  two\n three", "two three", 5, 15)]
    [InlineData("one two", " two\n", 4, 7)]
    [InlineData("a\r\nb", "a b", 0, 4)]
    public void Find_Quote_GivesItsExactPlace(string text, string quote, int start, int end) =>
        Assert.Equal(new TextRange(start, end), QuoteLocator.Find(text, quote));

    [Theory]
    [InlineData("one two", "three")]
    [InlineData("one two", "onetwo")]
    [InlineData("one two", "  ")]
    [InlineData("", "x")]
    public void Find_WhatIsNotThere_GivesNull(string text, string quote) => Assert.Null(QuoteLocator.Find(text, quote));

    [Fact]
    public void Find_AnyPartWithOtherWhiteSpace_IsFoundWithTheSameWords()
    {
        Gen<string> anyText = Gen.ListOf(Gen.Elements("a", "b", "ab", " ", "  ", "\n", "\t")).Select(parts => string.Concat(parts));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(anyText.ToArbitrary(), Gen.Choose(0, 50).ToArbitrary(), (text, cut) =>
        {
            static string Words(string s) => string.Join(' ', s.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            string quote = Words(text[Math.Min(cut, text.Length)..]);
            return quote.Length == 0 || (QuoteLocator.Find(text, quote) is { } range && Words(text[range.Start..range.End]) == quote);
        }));
    }
}
