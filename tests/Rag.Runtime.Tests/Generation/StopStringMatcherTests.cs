using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation;

namespace Rag.Runtime.Tests.Generation;

public sealed class StopStringMatcherTests
{
    [Fact]
    public void Append_StopAcrossPieces_IsCutOutAndNothingOfItLeaks()
    {
        StopStringMatcher matcher = new(["\nUser:"]);
        Assert.Equal("Yes.", matcher.Append("Yes."));
        Assert.Equal("", matcher.Append("\nUs"));
        Assert.Equal("\nUs", matcher.Append("\nUser"));
        Assert.False(matcher.Stopped);
        Assert.Equal("", matcher.Append(": more"));
        Assert.True(matcher.Stopped);
        Assert.Equal("", matcher.Append("after"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Flush_HeldTextThatBecameNoStop_IsGivenOut()
    {
        StopStringMatcher matcher = new(["END"]);
        Assert.Equal("the ", matcher.Append("the EN"));
        Assert.Equal("EN", matcher.Flush());
    }

    [Fact]
    public void Append_TwoStopsAtOnePlace_TheLongerIsCut()
    {
        StopStringMatcher matcher = new(["b", "ab"]);
        Assert.Equal("x", matcher.Append("xab"));
        Assert.True(matcher.Stopped);
    }

    [Fact]
    public void Append_AnyCutting_GivesWhatTheWholeTextGives()
    {
        Gen<string> text = Gen.Elements('a', 'b', 'c').ArrayOf().Select(chars => new string(chars));
        Gen<(string, string[], int)> cases =
            from t in text
            from stops in Gen.Elements("a", "ab", "ba", "aba", "cab", "bbb", "abc").ListOf()
            from seed in Gen.Choose(0, 10_000)
            select (t, stops.Take(3).ToArray(), seed);
        Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            (string all, string[] stops, int seed) = sample;

            // The first place where a stop string ends; of those that end there, the longest.
            string expected = all;
            for (int end = 1; end <= all.Length; end++)
            {
                string? stop = stops.Where(s => all.AsSpan(0, end).EndsWith(s)).MaxBy(s => s.Length);
                if (stop is not null)
                {
                    expected = all[..(end - stop.Length)];
                    break;
                }
            }

            Random random = new(seed);
            StopStringMatcher matcher = new(stops);
            StringBuilder given = new();
            for (int i = 0; i < all.Length;)
            {
                int length = Math.Min(random.Next(1, 5), all.Length - i);
                given.Append(matcher.Append(all.Substring(i, length)));
                i += length;
                if (!expected.StartsWith(given.ToString(), StringComparison.Ordinal))
                {
                    return false;
                }
            }

            given.Append(matcher.Flush());
            return given.ToString() == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
