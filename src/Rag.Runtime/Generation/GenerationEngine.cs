using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Generation.Scheduling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Kernels;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>A model that generates for many callers at once: its sessions, what is kept of their prompts, and the scheduler that runs them. Thread-safe.</summary>
internal sealed class GenerationEngine : IDisposable
{
    private readonly string _model;
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly IReadOnlySet<int> _shownTokens;
    private readonly ModelVocabulary _vocabulary;
    private readonly TimeSpan? _timeout;
    private readonly TimeProvider _time;
    private readonly SchedulerLimits _limits;
    private readonly bool _guesses;
    private readonly SessionPool _sessions;
    private readonly RequestScheduler _scheduler;

    /// <param name="model">Its name, for errors.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="stopTokens">Tokens that end every output.</param>
    /// <param name="shownTokens">Special tokens that are part of the text all the same.</param>
    /// <param name="createSession">Opens a session with an adapter.</param>
    /// <param name="options">How much at once.</param>
    /// <param name="time">Ends requests at their deadlines, and tells what steps cost.</param>
    /// <param name="draftModel">Guesses ahead, and is disposed with it; null for none.</param>
    /// <param name="isSteady">Whether no clock decides what is guessed.</param>
    public GenerationEngine(
        string model, Tokenizer tokenizer, IReadOnlySet<int> stopTokens, IReadOnlySet<int> shownTokens, Func<string?, IDecoderSession> createSession, LocalModelOptions options, TimeProvider time, DraftModel? draftModel = null, bool isSteady = false)
    {
        (_model, _tokenizer, _stopTokens, _shownTokens, _timeout, _time) = (model, tokenizer, stopTokens, shownTokens, options.RequestTimeout, time);
        _vocabulary = new ModelVocabulary(tokenizer, stopTokens);
        _limits = new SchedulerLimits(model, options.MaxConcurrentRequests, options.MaxQueuedRequests, Or(options.PrefillTokensPerRound), options.Reproducible ? 1 : 2);
        Prefixes = options is { ReusePrefix: true, PrefixCacheBytes: > 0 } ? new PrefixCache(options.PrefixCacheBytes) : null;
        _sessions = new SessionPool(createSession, options.MaxConcurrentRequests, options.ReusePrefix, Prefixes, options.KeyValueCacheLimit);
        _scheduler = new RequestScheduler(_sessions, _limits);
        _guesses = !options.Reproducible;
        Speculation = new SpeculationShare(options.Speculation, Math.Min(Or(options.Runtime.PrefillChunk), tokenizer.MaxTokens), time, draftModel, isSteady);
    }

    /// <summary>What is kept of prompts; null for nothing.</summary>
    public PrefixCache? Prefixes { get; }

    /// <summary>What guessing ahead costs and wins.</summary>
    public SpeculationShare Speculation { get; }

    /// <summary>Requests that could begin at once without waiting.</summary>
    public int Available => _limits.MaxRunning - _scheduler.Load.Running;

    /// <summary>What it does now and has done.</summary>
    public LocalModelUsage Usage
    {
        get
        {
            (int running, int queued) = _scheduler.Load;
            (int rows, long bytes) = _scheduler.Shared;
            SchedulerCounts counts = _scheduler.Counts;
            return new LocalModelUsage
            {
                RunningRequests = running,
                MaxConcurrentRequests = _limits.MaxRunning,
                QueuedRequests = queued,
                MaxQueuedRequests = _limits.MaxQueued,
                Sessions = _sessions.Sessions.Open,
                SharedSequences = rows,
                SharedBytes = bytes,
                KeyValueBytes = _sessions.Budget.Used,
                KeyValueBudgetBytes = _sessions.Budget.Limit,
                PrefillTokens = counts.Prefilled,
                DecodedTokens = counts.Tokens,
                DecodeSteps = counts.Steps,
                RefusedRequests = counts.Refused,
                ExpiredRequests = counts.Expired,
            };
        }
    }

    /// <summary>Begins a generation, which goes on whether it is read or not; the caller disposes it.</summary>
    /// <exception cref="ModelBusyException">Too many requests wait.</exception>
    /// <exception cref="LimitExceededException">There is never memory for it.</exception>
    public async Task<GenerationRun> StartAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        // Laying out a vocabulary and compiling a constraint take their time, for which others do not wait.
        TokenMatcher? matcher = request.Constraint is { } constraint
            ? await Task.Run(() => _vocabulary.Match(constraint, _sessions.VocabularySize), cancellationToken).ConfigureAwait(false)
            : null;
        RequestTerms terms = new(_model, _time, request.Priority, request.Timeout ?? _timeout, request.IsAccepted);
        GenerationRun run = new(request, session => new TextGeneration(
            session, request, _stopTokens, _tokenizer, _shownTokens, matcher,
            _guesses ? Speculation.Begin(session, request.Prompt.Length, request.MaxOutputTokens, _stopTokens, matcher) : null), terms, cancellationToken);
        Submit(run);
        return run;
    }

    /// <summary>Runs something on a session of its own, in its turn among the requests.</summary>
    /// <param name="prompt">What the session will be asked; nothing longer.</param>
    /// <param name="adapter">The name of its adapter; null for none.</param>
    /// <param name="work">Computes, on the thread pool.</param>
    /// <param name="cancellationToken">Ends the waiting; the work must heed it itself.</param>
    public async Task RunAsync(int[] prompt, string? adapter, Action<CachedSession> work, CancellationToken cancellationToken)
    {
        SessionLease lease = new(prompt, adapter, new RequestTerms(_model, _time), cancellationToken);
        Submit(lease);
        CachedSession session = await lease.WhenGranted.ConfigureAwait(false);
        bool sound = false;
        try
        {
            await Task.Run(() => work(session), CancellationToken.None).ConfigureAwait(false);
            sound = true;
        }
        catch (OperationCanceledException)
        {
            sound = true;
            throw;
        }
        finally
        {
            _scheduler.Return(lease, sound);
        }
    }

    /// <summary>Ends who waits; who runs finishes.</summary>
    public void Dispose()
    {
        _scheduler.Dispose();
        Prefixes?.Dispose();
        Speculation.Dispose();
    }

    // Models know what was left open; other sessions do not.
    private static int Or(int tokens) => tokens > 0 ? tokens : KernelProbe.DefaultChunk;

    private void Submit(ScheduledRequest request)
    {
        try
        {
            _scheduler.Submit(request);
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }
}
