using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Speculation.Drafters;

namespace Rag.Runtime.Generation.Speculation;

/// <summary>What the requests of a model have in common when they guess ahead: what steps cost, what was answered, the draft model. Thread-safe.</summary>
internal sealed class SpeculationShare : IDisposable
{
    private readonly SpeculationOptions _options;
    private readonly NgramCache? _cache;
    private long _steps;
    private long _checkedSteps;
    private long _drafted;
    private long _accepted;
    private string? _off;

    /// <param name="options">Validated; not changed afterwards.</param>
    /// <param name="mostStepTokens">The most tokens whose logits one step gives.</param>
    /// <param name="time">Tells what steps cost.</param>
    /// <param name="draftModel">Disposed with it; null for none.</param>
    /// <param name="isSteady">Whether no clock decides what is guessed, since answers show that.</param>
    public SpeculationShare(SpeculationOptions options, int mostStepTokens, TimeProvider time, DraftModel? draftModel = null, bool isSteady = false)
    {
        _options = options;
        MaxDraftTokens = Math.Min(options.MaxDraftTokens, mostStepTokens - 1);
        Time = time;
        DraftModel = draftModel;
        Costs = new StepCosts(MaxDraftTokens + 1) { IsFixed = isSteady };
        CreateDrafters = Drafters;
        _cache = options is { Mode: SpeculationMode.Auto, NgramCacheBytes: > 0 } ? new NgramCache(options.NgramCacheBytes) : null;
    }

    public int MaxDraftTokens { get; }

    public TimeProvider Time { get; }

    public StepCosts Costs { get; }

    public KnownAcceptance Known { get; } = new();

    public DraftModel? DraftModel { get; }

    /// <summary>Makes the drafters of a request; by default those that the options name.</summary>
    public Func<string?, TokenMatcher?, IEnumerable<IDrafter>> CreateDrafters { get; init; }

    public SpeculationUsage Usage => new(
        Interlocked.Read(ref _steps), Interlocked.Read(ref _checkedSteps), Interlocked.Read(ref _drafted), Interlocked.Read(ref _accepted), Volatile.Read(ref _off));

    /// <summary>The steps of a request; null where nothing can be guessed.</summary>
    /// <inheritdoc cref="SpeculativeRun(CachedSession, SpeculationShare, int, int, IReadOnlySet{int}, TokenMatcher?)"/>
    public SpeculativeRun? Begin(CachedSession session, int promptLength, int maxOutputTokens, IReadOnlySet<int> stopTokens, TokenMatcher? matcher)
    {
        if (_options.Mode == SpeculationMode.None || MaxDraftTokens < 1)
        {
            return null;
        }

        if (!session.CanRewind)
        {
            Volatile.Write(ref _off, "Layers of the model keep a state of all tokens together, which a wrong guess could not be taken back from.");
            return null;
        }

        return new SpeculativeRun(session, this, promptLength, maxOutputTokens, stopTokens, matcher);
    }

    public void CountStep(int drafted)
    {
        Interlocked.Increment(ref _steps);
        if (drafted > 0)
        {
            Interlocked.Increment(ref _checkedSteps);
            Interlocked.Add(ref _drafted, drafted);
        }
    }

    public void CountAccepted(int tokens) => Interlocked.Add(ref _accepted, tokens);

    /// <summary>Learns from a request that ends.</summary>
    public void Learn(ReadOnlySpan<int> sequence, int promptLength, string? adapter, Acceptance acceptance)
    {
        _cache?.Learn(sequence, promptLength, adapter);
        Known.Note(acceptance);
    }

    public void Dispose() => DraftModel?.Dispose();

    private IEnumerable<IDrafter> Drafters(string? adapter, TokenMatcher? matcher)
    {
        yield return new PromptLookup(_options.MinNgram, _options.MaxNgram);
        if (_options.Mode == SpeculationMode.Auto && matcher is not null)
        {
            yield return new ForcedText(matcher);
        }

        if (_cache is not null)
        {
            yield return new NgramCacheDrafter(_cache, adapter);
        }
    }
}
