using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

public sealed class SessionPoolTests
{
    private readonly List<ScriptedSession> _created = [];

    [Fact]
    public void TryTake_GivesTheSessionThatSharesMostAndNoneBeyondItsLimit()
    {
        using SessionPool pool = Pool(2);
        CachedSession a = pool.TryTake([1, 2, 3], null, 10)!;
        CachedSession b = pool.TryTake([4, 5, 6], null, 10)!;
        Run(a, [1, 2, 3]);
        Run(b, [4, 5, 6]);
        Assert.Null(pool.TryTake([1, 2, 9], null, 10));
        pool.Return(b, sound: true);
        Assert.Same(b, pool.TryTake([1, 2, 9], null, 10));
        pool.Return(b, sound: true);
        pool.Return(a, sound: true);
        Assert.Same(a, pool.TryTake([1, 2, 9], null, 10));
        Assert.Equal(2, _created.Count);

        // One that failed is closed, and its place can be had again.
        pool.Return(a, sound: false);
        Assert.True(_created[0].Disposed);
        Assert.Equal((1, 1), pool.Sessions);
        Assert.Same(b, pool.TryTake([9], null, 10));
        Assert.NotNull(pool.TryTake([9], null, 10));
        Assert.Equal(3, _created.Count);
    }

    [Fact]
    public void TryTake_WithAdapters_GivesNoneTheCacheOfAnotherAndNeverHasMoreThanItsLimit()
    {
        using SessionPool pool = Pool(2);
        foreach (string? adapter in (string?[])[null, "a", "b", "a", null, "b", "b", null])
        {
            CachedSession session = pool.TryTake([1, 2, 3], adapter, 10)!;
            Assert.Equal(adapter, session.Adapter);
            Run(session, [1, 2, 3]);
            pool.Return(session, sound: true);
            Assert.InRange(_created.Count(one => !one.Disposed), 1, 2);
        }

        CachedSession again = pool.TryTake([1, 2, 3], "b", 10)!;
        Assert.Equal(2, again.Begin([1, 2, 3]));
        Assert.Equal("a", pool.TryTake([1, 2, 3], "a", 10)!.Adapter);
        Assert.Equal(2, _created.Count(one => !one.Disposed));
    }

    [Fact]
    public void TryTake_MemoryIsSpent_ClosesWhoWasFreeLongestAndWaitsForTheRest()
    {
        using TemporaryFolder folder = new();
        TinyLlama.Write(folder.FolderPath, maxPositions: 2048);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IBatchSession example = (IBatchSession)model.CreateSession();
        long small = example.BytesFor(200);
        Assert.Equal(small, example.BytesFor(256));
        Assert.Equal(3 * small, example.BytesFor(257));
        using SessionPool pool = new(_ => model.CreateSession(), 8, reusePrefix: true, maxBytes: (3 * small) + 1);
        CachedSession a = Used(pool, [1, 2, 3]);
        CachedSession b = Used(pool, [4, 5, 6]);
        CachedSession c = Used(pool, [7, 8, 9]);
        Assert.Equal(3 * small, pool.Budget.Used);
        Assert.Null(pool.TryTake([1], null, 200));

        // Free ones hold what they have, until it is needed elsewhere: first b, which was given back first.
        pool.Return(b, sound: true);
        pool.Return(a, sound: true);
        Assert.Equal(3 * small, pool.Budget.Used);
        Assert.Null(pool.TryTake([30], null, 300));
        Assert.Equal((2, 1), pool.Sessions);
        pool.Return(c, sound: true);
        Assert.Throws<LimitExceededException>(() => pool.ThrowIfTooLarge(600));
        pool.ThrowIfTooLarge(300);
        CachedSession large = pool.TryTake([7, 8, 9], null, 300)!;
        Assert.Same(c, large);
        pool.Return(large, sound: false);
        Assert.Equal((0, 0, 0), (pool.Budget.Used, pool.Sessions.Open, pool.Sessions.Free));
    }

    private static CachedSession Used(SessionPool pool, int[] prompt)
    {
        CachedSession session = pool.TryTake(prompt, null, 200)!;
        session.Begin(prompt);
        session.Append(prompt, CancellationToken.None);
        return session;
    }

    private static void Run(CachedSession session, int[] prompt)
    {
        using Sampler sampler = new(new SamplingOptions(), 0, session.VocabularySize, []);
        TokenGenerator generator = new(session, prompt, sampler, new HashSet<int>(), 6);
        while (generator.TryNext(out _, CancellationToken.None))
        {
        }
    }

    private SessionPool Pool(int most) => new(
        _ =>
        {
            _created.Add(new ScriptedSession(50));
            return _created[^1];
        },
        most,
        reusePrefix: true);
}
