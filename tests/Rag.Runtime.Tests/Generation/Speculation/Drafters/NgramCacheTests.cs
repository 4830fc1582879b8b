using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;

namespace Rag.Runtime.Tests.Generation.Speculation.Drafters;

public sealed class NgramCacheTests
{
    private static readonly int[] Answer = [50, 51, 52, 53, 54, 55, 56];

    [Fact]
    public void Next_SeenOftenEnough_IsWhatFollowed()
    {
        NgramCache cache = new(1 << 20);
        int[] sequence = [1, 2, 3, .. Answer];
        cache.Learn(sequence, 3, null);
        Assert.Equal(-1, cache.Next([52, 53], null, out _));
        cache.Learn(sequence, 3, null);

        // llama.cpp's thresholds: twice for three and four tokens, three times for two.
        Assert.Equal(-1, cache.Next([52, 53], null, out _));
        Assert.Equal(54, cache.Next([51, 52, 53], null, out int size));
        Assert.Equal(3, size);
        cache.Learn(sequence, 3, null);
        Assert.Equal(54, cache.Next([52, 53], null, out size));
        Assert.Equal(2, size);

        // The prompt is not learnt; its end before the answer is.
        Assert.Equal(-1, cache.Next([1, 2], null, out _));
        Assert.Equal(50, cache.Next([1, 2, 3], null, out _));
    }

    [Fact]
    public void Next_OtherContinuationsOfTheSame_AreGuessedOnlyWhereOneIsLikely()
    {
        NgramCache cache = new(1 << 20);
        for (int i = 0; i < 4; i++)
        {
            cache.Learn([1, 2, 3, 10], 3, null);
            cache.Learn([1, 2, 3, 11], 3, null);
        }

        Assert.Equal(-1, cache.Next([1, 2, 3], null, out _));
        for (int i = 0; i < 20; i++)
        {
            cache.Learn([1, 2, 3, 11], 3, null);
        }

        Assert.Equal(11, cache.Next([1, 2, 3], null, out _));
    }

    [Fact]
    public void Next_OfAnotherAdapter_IsNotGuessed()
    {
        NgramCache cache = new(1 << 20);
        for (int i = 0; i < 3; i++)
        {
            cache.Learn([1, 2, .. Answer], 2, "a");
        }

        Assert.Equal(53, cache.Next([51, 52], "a", out _));
        Assert.Equal(-1, cache.Next([51, 52], "b", out _));
        Assert.Equal(-1, cache.Next([51, 52], null, out _));
    }

    [Fact]
    public void Learn_MoreThanThereIsRoomFor_DropsWhatWasUsedLongestAgo()
    {
        NgramCache cache = new(24 * 1024);
        Assert.InRange(cache.Bytes, 1, 24 * 1024);
        Learn(Answer);
        for (int i = 0; i < 200; i++)
        {
            // Used all the time, one of them stays; the other is pushed out by thousands of others.
            Assert.Equal(53, cache.Next([50, 51, 52], null, out _));
            Learn([.. Enumerable.Range(100 + (i * 10), 10)]);
        }

        Assert.Equal(-1, cache.Next([100, 101, 102], null, out _));
        Assert.Equal(2090 + 3, cache.Next([2090, 2091, 2092], null, out _));

        void Learn(int[] answer)
        {
            cache.Learn([1, 2, .. answer], 2, null);
            cache.Learn([1, 2, .. answer], 2, null);
        }
    }

    [Fact]
    public void Guess_GoesOnAsLongAsAnswersAgree()
    {
        NgramCache cache = new(1 << 20);
        for (int i = 0; i < 3; i++)
        {
            cache.Learn([1, 2, .. Answer, 60 + i], 2, null);
        }

        Draft draft = new(10);
        draft.Begin(10);
        new NgramCacheDrafter(cache, null).Guess([9, 9, 50, 51], draft);
        Assert.Equal(Answer.AsSpan(2), draft.Tokens);
        Assert.Equal(DraftLevel.Cache, draft.Levels[0]);
        Assert.Equal(DraftLevel.Cache + 2, draft.Levels[^1]);
    }
}
