using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

public sealed class SuffixSorterTests
{
    [Fact]
    public void Sort_AnyBytes_IsTheOrderOfTheSuffixes()
    {
        // Few values make long repeats, many make few.
        Gen<byte[]> texts = Gen.OneOf(
            Gen.Choose(0, 1).Select(value => (byte)value).ArrayOf(),
            Gen.Choose(97, 99).Select(value => (byte)value).ArrayOf(),
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(texts.ToArbitrary(), text => SuffixSorter.Sort(text).SequenceEqual(Naive(text))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("abababababababababababab")]
    [InlineData("mississippi mississippi")]
    public void Sort_Repeats_IsTheOrderOfTheSuffixes(string text)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text);
        Assert.Equal(Naive(bytes), SuffixSorter.Sort(bytes));
    }

    private static int[] Naive(byte[] text)
    {
        int[] starts = [.. Enumerable.Range(0, text.Length)];
        Array.Sort(starts, (a, b) => text.AsSpan(a).SequenceCompareTo(text.AsSpan(b)));
        return starts;
    }
}
