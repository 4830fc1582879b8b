using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Scheduling;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Scheduling;

/// <summary>Who runs when, and what becomes of it: over sessions whose every step is known.</summary>
public sealed class RequestSchedulerTests
{
    private static readonly int[] Short = ScriptedEngine.Prompt(1, 5);

    [Fact]
    public async Task Requests_at_once_share_their_steps_and_get_what_each_gets_alone()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 6, PrefillTokensPerRound = 16 });
        int[][] prompts = [.. Enumerable.Range(0, 20).Select(i => ScriptedEngine.Prompt(i, 1 + (7 * i)))];
        string[] together = await Task.WhenAll(prompts.Select((prompt, i) => engine.AskAsync(prompt, 10 + i)));
        Assert.Equal(prompts.Select((prompt, i) => ScriptedEngine.Alone(prompt, 10 + i)), together);
        LocalModelUsage usage = engine.Usage;
        Assert.Equal((0, 0, 6), (usage.RunningRequests, usage.QueuedRequests, engine.Available));
        Assert.Equal(prompts.Sum(prompt => prompt.Length), usage.PrefillTokens);

        // The first token of each comes from its prompt.
        Assert.Equal(Enumerable.Range(0, 20).Sum(i => 9 + i), usage.DecodedTokens);
        Assert.True(usage.DecodeSteps < usage.DecodedTokens);
        Assert.Equal((0, 0), (usage.SharedSequences, usage.SharedBytes));
    }

    [Fact]
    public async Task One_request_forms_no_batch()
    {
        using ScriptedEngine engine = new(new LocalModelOptions());
        Assert.Equal(ScriptedEngine.Alone(Short, 10), await engine.AskAsync(Short, 10));
        Assert.DoesNotContain(engine.Steps, step => step.Tokens == 0);
        Assert.Equal(engine.Usage.DecodeSteps, engine.Usage.DecodedTokens);
    }

    [Fact]
    public async Task A_reproducible_request_never_runs_a_step_of_its_own()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { Reproducible = true });
        Assert.Equal(ScriptedEngine.Alone(Short, 10), await engine.AskAsync(Short, 10));
        Assert.Equal([5, .. new int[9]], engine.Steps.Select(step => step.Tokens));
    }

    [Fact]
    public async Task Answers_go_on_while_prompts_are_computed_and_no_prompt_waits_for_another()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { PrefillTokensPerRound = 32 });
        using Gate gate = new(engine);
        Task<string> answering = engine.AskAsync(Short, 200);
        await gate.Reached;
        Task<string>[] prompts = [engine.AskAsync(ScriptedEngine.Prompt(2, 320), 2), engine.AskAsync(ScriptedEngine.Prompt(3, 40), 2), engine.AskAsync(ScriptedEngine.Prompt(4, 330), 2)];
        gate.Open();
        await Task.WhenAll([answering, .. prompts]);
        ScriptedSession first = engine.Sessions[0];
        List<(ScriptedSession Session, int Tokens)> steps = engine.Steps[engine.Steps.FindIndex(step => step.Session != first)..];
        int last = steps.FindLastIndex(step => step.Tokens > 1);

        // Between two pieces the first request has gone on by a token, and pieces are no longer than was asked for.
        for (int i = 1; i <= last; i++)
        {
            Assert.True(steps[i].Tokens <= 32);
            Assert.False(steps[i].Tokens > 1 && steps[i - 1].Tokens > 1 && steps[i].Tokens + steps[i - 1].Tokens > 32);
        }

        // Turn by turn: the short one is through after its second turn, and the long ones never have two turns in a row while both have some left.
        ScriptedSession[] pieces = [.. steps.Where(step => step.Tokens > 1).Select(step => step.Session)];
        ScriptedSession brief = engine.Sessions.Single(session => session.Appended.Take(2).SequenceEqual([32, 8]));
        Assert.True(Array.LastIndexOf(pieces, brief) <= 6);
        Assert.DoesNotContain(pieces.Zip(pieces.Skip(1)).Take(pieces.Length - 3), pair => pair.First == pair.Second);
    }

    [Fact]
    public async Task Those_of_a_higher_priority_begin_first_and_those_of_one_in_their_order()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 1 });
        using Gate gate = new(engine);
        Task<string> first = engine.AskAsync(Short, 3);
        await gate.Reached;
        (int Priority, int Length)[] waiting = [(0, 10), (-1, 11), (5, 12), (0, 13), (1, 14), (5, 15)];
        Task<string>[] tasks = [.. waiting.Select(one => engine.AskAsync(ScriptedEngine.Prompt(0, one.Length), 2, one.Priority))];
        Assert.Equal(6, engine.Usage.QueuedRequests);
        gate.Open();
        await Task.WhenAll([first, .. tasks]);
        Assert.Equal([5, 12, 15, 14, 10, 13, 11], engine.Steps.Where(step => step.Tokens > 1).Select(step => step.Tokens));
    }

    [Fact]
    public async Task More_than_may_wait_are_refused_at_once()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 1, MaxQueuedRequests = 2 });
        using Gate gate = new(engine);
        Task<string>[] taken = [engine.AskAsync(Short, 3)];
        await gate.Reached;
        taken = [.. taken, engine.AskAsync(Short, 3), engine.AskAsync(Short, 3)];
        ModelBusyException busy = await Assert.ThrowsAsync<ModelBusyException>(() => engine.AskAsync(Short, 3));
        Assert.Equal((2, 2), (busy.QueueLength, busy.Limit));
        Assert.Contains("scripted", busy.Message, StringComparison.Ordinal);
        gate.Open();
        await Task.WhenAll(taken);
        Assert.NotEmpty(await engine.AskAsync(Short, 3));
        Assert.Equal(1, engine.Usage.RefusedRequests);
    }

    [Theory]
    [InlineData(RequestPhase.Queued)]
    [InlineData(RequestPhase.Prefill)]
    [InlineData(RequestPhase.Decode)]
    public async Task A_request_ends_at_its_deadline_wherever_it_is_and_others_go_on(RequestPhase phase)
    {
        ManualTime time = new();
        int most = phase == RequestPhase.Queued ? 1 : 3;
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = most, PrefillTokensPerRound = 16 }, time);
        using Gate gate = new(engine);
        Task<string> other = engine.AskAsync(Short, 60);
        await gate.Reached;
        int[] prompt = ScriptedEngine.Prompt(7, 80);
        Task<string> late = engine.AskAsync(prompt, 20, timeout: TimeSpan.FromSeconds(5));
        if (phase == RequestPhase.Queued)
        {
            time.Advance(TimeSpan.FromSeconds(5));
        }

        gate.Open(next: (session, position) =>
        {
            if (session != engine.Sessions[0] && position == (phase == RequestPhase.Prefill ? 50 : 90))
            {
                time.Advance(TimeSpan.FromSeconds(5));
            }
        });
        RequestTimeoutException error = await Assert.ThrowsAsync<RequestTimeoutException>(() => late);
        Assert.Equal((phase, TimeSpan.FromSeconds(5)), (error.Phase, error.Timeout));
        Assert.Equal(ScriptedEngine.Alone(Short, 60), await other);
        Assert.Equal((1, most), (engine.Usage.ExpiredRequests, engine.Available));
    }

    [Fact]
    public async Task The_models_own_timeout_holds_where_a_request_has_none_and_a_cancelled_token_never_begins()
    {
        ManualTime time = new();
        using ScriptedEngine engine = new(new LocalModelOptions { RequestTimeout = TimeSpan.FromSeconds(9) }, time);
        engine.Step = (_, position) => time.Advance(TimeSpan.FromSeconds(position == 20 ? 9 : 0));
        Assert.Equal(TimeSpan.FromSeconds(9), (await Assert.ThrowsAsync<RequestTimeoutException>(() => engine.AskAsync(Short, 30))).Timeout);
        Assert.Equal(ScriptedEngine.Alone(Short, 30), await engine.AskAsync(Short, 30, timeout: TimeSpan.FromSeconds(19)));
        int steps = engine.Steps.Count;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.AskAsync(Short, 30, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(steps, engine.Steps.Count);
    }

    [Fact]
    public async Task Memory_that_runs_out_is_a_typed_error_and_the_session_is_closed()
    {
        using ScriptedEngine engine = new(new LocalModelOptions());
        engine.Step = (_, position) =>
        {
            if (position == 7)
            {
                throw new InsufficientMemoryException();
            }
        };
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(() => engine.AskAsync(Short, 30));
        Assert.IsType<InsufficientMemoryException>(error.InnerException);
        Assert.True(engine.Sessions[0].Disposed);
    }

    [Fact]
    public async Task A_cancelled_request_ends_within_a_step_and_an_abandoned_one_too()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 3 });
        using CancellationTokenSource source = new();
        using Gate gate = new(engine);
        Task<string> first = engine.AskAsync(Short, 80);
        await gate.Reached;
        Task<string> cancelled = engine.AskAsync(ScriptedEngine.Prompt(8, 9), 10_000, cancellationToken: source.Token);
        GenerationRun abandoned = await engine.StartAsync(ScriptedEngine.Prompt(9, 9), 10_000, cancellationToken: TestContext.Current.CancellationToken);
        Task<string> waiting = engine.AskAsync(ScriptedEngine.Prompt(10, 9), 10);
        gate.Open(next: (session, position) =>
        {
            if (position == 30 && session != engine.Sessions[0])
            {
                source.Cancel();
                abandoned.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await abandoned.DisposeAsync();
        Assert.Equal(ScriptedEngine.Alone(ScriptedEngine.Prompt(10, 9), 10), await waiting);
        Assert.Equal(ScriptedEngine.Alone(Short, 80), await first);
        Assert.All(engine.Sessions, session => Assert.InRange(session.Length, 0, 100));
        Assert.Equal(3, engine.Available);
    }

    [Fact]
    public async Task Who_does_not_read_holds_up_nobody_and_finds_the_whole_answer_later()
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 2 });
        GenerationRun unread = await engine.StartAsync(Short, 500, cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < 5; i++)
        {
            Assert.NotEmpty(await engine.AskAsync(ScriptedEngine.Prompt(i, 9), 150));
        }

        Assert.Equal(ScriptedEngine.Alone(Short, 500), await ScriptedEngine.ReadAsync(unread));
        await unread.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_step_that_fails_ends_the_request_whose_it_is_and_no_other(bool shares)
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 4 }) { Shares = shares };
        int[][] prompts = [.. Enumerable.Range(0, 4).Select(i => ScriptedEngine.Prompt(i, 9 + i))];
        engine.Step = (session, position) =>
        {
            // The third runs out of memory in its answer, however it is run.
            if (position == 20 && session.Appended is [11, ..])
            {
                throw new UnavailableException("There is no memory.");
            }
        };
        Task<string>[] tasks = [.. prompts.Select(prompt => engine.AskAsync(prompt, 30))];
        await Assert.ThrowsAsync<UnavailableException>(() => tasks[2]);
        foreach (int i in (int[])[0, 1, 3])
        {
            Assert.Equal(ScriptedEngine.Alone(prompts[i], 30), await tasks[i]);
        }

        Assert.Equal(4, engine.Available);
        Assert.Single(engine.Sessions, session => session.Disposed);
        Assert.NotEmpty(await engine.AskAsync(prompts[0], 30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_step_can_be_shared_each_runs_alone_and_nobody_tries_again(bool atStep)
    {
        using ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 4 });
        int tries = 0;
        Action fail = () =>
        {
            tries++;
            throw new IncompatibleException("The kernel does not know batches.");
        };
        engine.SharedStep = atStep ? fail : null;
        engine.CreatingBatch = atStep ? null : fail;
        int[][] prompts = [.. Enumerable.Range(0, 4).Select(i => ScriptedEngine.Prompt(i, 9 + i))];
        string[] together = await Task.WhenAll(prompts.Select(prompt => engine.AskAsync(prompt, 40)));
        Assert.Equal(prompts.Select(prompt => ScriptedEngine.Alone(prompt, 40)), together);
        Assert.InRange(tries, 1, 3);
    }

    [Fact]
    public async Task Closing_ends_who_waits_and_lets_finish_who_runs()
    {
        ScriptedEngine engine = new(new LocalModelOptions { MaxConcurrentRequests = 2 });
        using Gate gate = new(engine);
        Task<string> first = engine.AskAsync(Short, 40);
        await gate.Reached;
        Task<string>[] waiting = [engine.AskAsync(Short, 5), engine.AskAsync(Short, 5)];
        engine.Dispose();
        foreach (Task<string> one in waiting)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => one);
        }

        gate.Open();
        Assert.Equal(ScriptedEngine.Alone(Short, 40), await first);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.AskAsync(Short, 5));
        Assert.All(engine.Sessions, session => Assert.True(session.Disposed));
    }

    [Fact]
    public async Task Memory_lets_wait_who_has_no_room_yet_and_refuses_who_never_will()
    {
        // Room for two answers and half a batch; a third waits, and steps are run alone.
        using ScriptedEngine engine = new(new LocalModelOptions { KeyValueCacheBytes = 2100 }, bytesPerToken: 10);
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => engine.AskAsync(Short, 300));
        Assert.Equal((nameof(LocalModelOptions.KeyValueCacheBytes), 2100, 3050), (error.LimitName, error.Limit, error.Seen));
        int[][] prompts = [.. Enumerable.Range(0, 6).Select(i => ScriptedEngine.Prompt(i, 40 + i))];
        long most = 0;
        int running = 0;
        engine.Step = (_, _) => (most, running) = (Math.Max(most, engine.Usage.KeyValueBytes), Math.Max(running, engine.Usage.RunningRequests));
        string[] together = await Task.WhenAll(prompts.Select(prompt => engine.AskAsync(prompt, 50)));
        Assert.Equal(prompts.Select(prompt => ScriptedEngine.Alone(prompt, 50)), together);
        Assert.Equal(2, running);
        Assert.InRange(most, 1700, 2100);
        Assert.Equal(engine.Usage.DecodeSteps, engine.Usage.DecodedTokens);
    }

    // Holds the first step until it is opened, so that requests can be made to wait.
    private sealed class Gate : IDisposable
    {
        private readonly ScriptedEngine _engine;
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public Gate(ScriptedEngine engine)
        {
            _engine = engine;
            engine.Step = (_, _) =>
            {
                _reached.TrySetResult();
                _open.Wait();
            };
        }

        public Task Reached => _reached.Task;

        public void Open(Action<ScriptedSession, int>? next = null)
        {
            _engine.Step = next;
            _open.Set();
        }

        public void Dispose() => _open.Dispose();
    }
}
