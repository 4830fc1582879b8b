using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Generation.Prefixes;

public sealed class PrefixCacheTests
{
    private const long Plenty = 1 << 24;
    private static readonly CacheLayout Rows = new(HashedRows.Widths, 0);
    private static readonly CacheLayout States = new(HashedRows.Widths, 5);

    [Theory]
    [InlineData(Plenty, 0)]
    [InlineData(20_000, 0)]
    [InlineData(3_000, 0)]
    [InlineData(400, 0)]
    [InlineData(Plenty, 5)]
    [InlineData(8_000, 5)]
    public void Whatever_was_kept_and_dropped_what_is_found_are_the_rows_of_the_tokens_asked_for(long budget, int state)
    {
        CacheLayout layout = state > 0 ? States : Rows;
        using PrefixCache cache = new(budget);
        Random random = new(7);
        List<int[]> kept = [];
        long found = 0;
        for (int round = 0; round < 600; round++)
        {
            int[] tokens = Sequence(random);
            string? adapter = random.Next(3) == 0 ? "a" : null;
            int regime = random.Next(2);
            if (random.Next(2) == 0)
            {
                int held = cache.Insert(adapter, tokens, new HashedRows(tokens, layout, regime));
                Assert.InRange(held, 0, tokens.Length);
                Assert.True(budget < Plenty || held == tokens.Length);
                Assert.True(budget < Plenty || Length(cache, adapter, regime, tokens, layout) == tokens.Length);
                kept.Add(tokens);
            }
            else if (kept.Count > 0)
            {
                int[] prompt = [.. kept[random.Next(kept.Count)].Take(random.Next(1, 700)), .. tokens.Take(3)];
                using PrefixMatch? match = cache.Find(new PrefixKey(adapter, regime), prompt, 0, layout, out _);
                Check(match, prompt, layout, regime);
                found += match?.Length ?? 0;
            }

            Assert.InRange(cache.Usage.Bytes, 0, budget);
        }

        Assert.Equal(budget >= 3_000, found > 0);
        Assert.Equal(budget < Plenty && budget >= 3_000, cache.Usage.EvictedTokens > 0);
    }

    [Fact]
    public void Threads_that_keep_find_and_drop_at_once_get_their_own_rows()
    {
        using PrefixCache cache = new(30_000);
        Parallel.For(0, 8, seed =>
        {
            Random random = new(seed % 3);
            for (int round = 0; round < 150; round++)
            {
                int[] tokens = Sequence(random);
                cache.Insert(null, tokens, new HashedRows(tokens, Rows));
                using PrefixMatch? match = cache.Find(new PrefixKey(null, 0), tokens, 0, Rows, out _);
                Check(match, tokens, Rows, 0);
            }
        });
        Assert.InRange(cache.Usage.Bytes, 1, 30_000);
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first_and_ends_before_beginnings()
    {
        int[] shared = [.. Enumerable.Range(0, 50)];
        int[] first = [.. shared, .. Enumerable.Range(100, 50)];
        int[] second = [.. shared, .. Enumerable.Range(200, 50)];
        int[] third = [.. Enumerable.Range(300, 50)];

        // Room for three runs of 50 and what three more nodes take.
        using PrefixCache cache = new((150 * 32) + (6 * 256));
        Insert(first);
        Insert(second);
        Assert.Equal(150, cache.Usage.Tokens);
        Assert.Equal(100, Length(cache, null, 0, first, Rows));
        Insert(third);
        Assert.Equal(100, Length(cache, null, 0, first, Rows));
        Assert.Equal(50, Length(cache, null, 0, second, Rows));
        Assert.Equal(50, Length(cache, null, 0, third, Rows));
        Assert.Equal(50, cache.Usage.EvictedTokens);

        void Insert(int[] tokens) => Assert.Equal(tokens.Length, cache.Insert(null, tokens, new HashedRows(tokens, Rows)));
    }

    [Fact]
    public void A_sequence_beyond_the_budget_is_kept_from_its_start_as_far_as_there_is_room()
    {
        int[] tokens = [.. Enumerable.Range(0, 5000)];
        using PrefixCache cache = new(40_000);
        int held = cache.Insert(null, tokens, new HashedRows(tokens, Rows));
        Assert.InRange(held, 1000, 1250);
        using PrefixMatch? match = cache.Find(new PrefixKey(null, 0), tokens, 0, Rows, out _);
        Assert.Equal(held, match!.Length);
        Check(match, tokens, Rows, 0);
    }

    [Fact]
    public void Rows_that_were_found_stay_whatever_is_dropped_meanwhile()
    {
        int[] tokens = [.. Enumerable.Range(0, 300)];
        using PrefixCache cache = new(Plenty);
        cache.Insert(null, tokens, new HashedRows(tokens, Rows));
        using PrefixMatch? match = cache.Find(new PrefixKey(null, 0), tokens, 0, Rows, out _);
        cache.Dispose();
        Check(match, tokens, Rows, 0);
        Assert.Equal((0, 0), (cache.Usage.Bytes, cache.Usage.Tokens));
        Assert.Equal(0, cache.Insert(null, tokens, new HashedRows(tokens, Rows)));
        Assert.Null(cache.Find(new PrefixKey(null, 0), tokens, 0, Rows, out _));
    }

    [Fact]
    public void A_state_is_found_where_it_was_kept_and_nowhere_else()
    {
        int[] tokens = [.. Enumerable.Range(0, 40)];
        using PrefixCache cache = new(Plenty);
        cache.Insert(null, tokens, new HashedRows(tokens, States));
        Assert.Equal(0, Length(cache, null, 0, tokens[..39], States));
        Assert.Equal(40, Length(cache, null, 0, [.. tokens, 7], States));

        // Kept within a run of tokens that is there already.
        cache.Insert(null, tokens.AsSpan(0, 20), new HashedRows(tokens[..20], States));
        Assert.Equal(20, Length(cache, null, 0, tokens[..39], States));
        Assert.Equal(40, Length(cache, null, 0, tokens, States));
    }

    private static int Length(PrefixCache cache, string? adapter, int regime, int[] tokens, CacheLayout layout)
    {
        using PrefixMatch? match = cache.Find(new PrefixKey(adapter, regime), tokens, 0, layout, out _);
        Check(match, tokens, layout, regime);
        return match?.Length ?? 0;
    }

    // Long runs in common, with ends of their own; some pass the length of a piece.
    private static int[] Sequence(Random random)
    {
        int start = random.Next(4);
        int turn = random.Next(4) * 37;
        return [.. Enumerable.Range(0, random.Next(1, 600)).Select(i => i < turn ? start : start + i)];
    }

    private static void Check(PrefixMatch? match, int[] tokens, CacheLayout layout, int regime)
    {
        if (match is null)
        {
            return;
        }

        Assert.InRange(match.Length, 1, tokens.Length);
        int start = 0;
        foreach ((CacheBuffer rows, int count) in match.Rows)
        {
            int used = Math.Min(count, match.Length - start);
            float[] expected = new float[used * layout.FloatsPerToken];
            new HashedRows(tokens, layout, regime).ReadRows(start, used, expected);
            float[] actual = new float[expected.Length];
            layout.Copy(rows.Values, count, 0, actual, used, 0, used);
            Assert.Equal(expected, actual);
            start += used;
        }

        Assert.Equal(match.Length, start);
        Assert.Equal(layout.StateFloats > 0, match.State is not null);
        if (match.State is not null)
        {
            float[] expected = new float[layout.StateFloats];
            new HashedRows(tokens[..match.Length], layout, regime).ReadState(expected);
            Assert.Equal(expected, match.State.Values.ToArray());
        }
    }
}
