using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Reading;

namespace Rag.Runtime.Tests.Reading;

public sealed class SpanSearchTests
{
    /// <summary>Few values, so that many sums are equal.</summary>
    private static readonly Gen<(float[] Start, float[] End)> AnyLogits =
        from length in Gen.Choose(1, 12)
        from start in Gen.ArrayOf(Gen.Choose(-3, 3).Select(value => value / 2f), length)
        from end in Gen.ArrayOf(Gen.Choose(-3, 3).Select(value => value / 2f), length)
        select (start, end);

    [Fact]
    public void Best_AnyLogits_GivesWhatSortingAllPairsGives() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(AnyLogits.ToArbitrary(), Gen.Choose(1, 14).ToArbitrary(), Gen.Choose(1, 90).ToArbitrary(), (logits, maxTokens, count) =>
            {
                (float[] start, float[] end) = logits;
                var all = from first in Enumerable.Range(0, start.Length)
                          from last in Enumerable.Range(first, start.Length - first)
                          where last < first + maxTokens
                          select (First: first, Last: last, Score: start[first] + end[last]);
                return SpanSearch.Best(start, end, maxTokens, count)!.SequenceEqual(all.OrderByDescending(pair => pair.Score).Take(count));
            }));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Best_ALogitThatIsNotFinite_GivesNull(float broken)
    {
        Assert.Null(SpanSearch.Best([1, 2, broken], [1, 2, 3], 2, 4));
        Assert.Null(SpanSearch.Best([1, 2, 3], [1, 2, broken], 2, 4));
    }
}
