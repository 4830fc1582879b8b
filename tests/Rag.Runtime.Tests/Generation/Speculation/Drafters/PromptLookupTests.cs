using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;

namespace Rag.Runtime.Tests.Generation.Speculation.Drafters;

public sealed class PromptLookupTests
{
    [Fact]
    public void Guess_AnySequence_FollowsTheFirstPlaceOfTheLongestNgram() =>
        Prop.ForAll<byte[], byte>((bytes, most) =>
        {
            int[] sequence = [.. bytes.Select(value => value % 4)];
            int maxNgram = 1 + (most % 5);
            using PromptLookup lookup = new(1, maxNgram);
            Draft draft = Begin(8);
            lookup.Guess(sequence, draft);
            Assert.Equal(Expected(sequence, 1, maxNgram, 8), draft.Tokens.ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Guess_AsTheSequenceGrows_FindsAMatchAsLongAsAFreshOneOrFollowsALongerCopy() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            int[] sequence = [.. bytes.Select(value => value % 3)];
            using PromptLookup grown = new(1, 3);
            for (int length = 1; length <= sequence.Length; length++)
            {
                using PromptLookup fresh = new(1, 3);
                Draft one = Begin(4);
                Draft other = Begin(4);
                fresh.Guess(sequence.AsSpan(0, length), one);
                grown.Guess(sequence.AsSpan(0, length), other);
                Assert.Equal(one.Count, other.Count);
                if (one.Count > 0 && !one.Tokens.SequenceEqual(other.Tokens))
                {
                    Assert.True(other.Levels[0] >= one.Levels[0]);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Guess_CopyThatGoesOn_IsFollowedAndGrowsSurer()
    {
        // "7 8 9" stands twice, and what is copied is from the second place.
        int[] prompt = [7, 8, 9, 1, 5, 6, 7, 8, 9, 2, 3, 4, 5, 6];
        using PromptLookup lookup = new(1, 2);
        List<int> sequence = [.. prompt];
        Draft draft = Begin(3);
        lookup.Guess([.. sequence], draft);
        Assert.Equal([7, 8, 9], draft.Tokens);
        int first = draft.Levels[0];
        sequence.AddRange([7, 8, 9]);
        draft.Begin(3);
        lookup.Guess([.. sequence], draft);

        // The last two tokens alone would lead to the first place, where 1 follows.
        Assert.Equal([2, 3, 4], draft.Tokens);
        Assert.True(draft.Levels[0] > first);
    }

    [Fact]
    public void Guess_OneTokenOverAndOver_GoesOn()
    {
        using PromptLookup lookup = new(1, 4);
        Draft draft = Begin(5);
        lookup.Guess(Enumerable.Repeat(3, 5000).ToArray(), draft);
        Assert.Equal([3, 3, 3, 3, 3], draft.Tokens);
    }

    [Fact]
    public void Guess_NothingStoodBefore_GuessesNothing()
    {
        using PromptLookup lookup = new(1, 4);
        Draft draft = Begin(5);
        lookup.Guess([.. Enumerable.Range(0, 5000)], draft);
        lookup.Guess([], Begin(5));
        Assert.Equal(0, draft.Count);
    }

    [Fact]
    public void Guess_FewerTokensAgreeThanAskedFor_GuessesNothing()
    {
        using PromptLookup lookup = new(3, 4);
        Draft draft = Begin(5);
        lookup.Guess([1, 2, 3, 4, 9, 2, 3], draft);
        Assert.Equal(0, draft.Count);
        lookup.Guess([1, 2, 3, 4, 9, 2, 3, 4], draft);
        Assert.Equal([9, 2, 3, 4, 9], draft.Tokens);
    }

    private static Draft Begin(int room)
    {
        Draft draft = new(room);
        draft.Begin(room);
        return draft;
    }

    private static int[] Expected(int[] sequence, int minNgram, int maxNgram, int room)
    {
        for (int size = Math.Min(maxNgram, sequence.Length - 1); size >= minNgram; size--)
        {
            for (int end = size; end < sequence.Length; end++)
            {
                if (sequence.AsSpan(end - size, size).SequenceEqual(sequence.AsSpan(^size..)))
                {
                    List<int> whole = [.. sequence];
                    for (int i = 0; i < room; i++)
                    {
                        whole.Add(whole[end + i]);
                    }

                    return [.. whole[sequence.Length..]];
                }
            }
        }

        return [];
    }
}
