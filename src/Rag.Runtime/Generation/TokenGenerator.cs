using System.Runtime.InteropServices;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;

namespace Rag.Runtime.Generation;

/// <summary>
/// The decoding loop of one request: prefill, then one token after the other, until a stop token or the budget ends it.
/// <see cref="TryNext"/> does it whole; who runs the steps of many requests calls <see cref="Prepare"/>, runs what is
/// <see cref="Pending"/>, and hands the logits to <see cref="Choose"/>. Not thread-safe.
/// </summary>
internal sealed class TokenGenerator
{
    private readonly CachedSession _session;
    private readonly int[] _prompt;
    private readonly Sampler _sampler;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly int _maxTokens;
    private readonly TokenMatcher? _matcher;
    private readonly List<int> _pending = [];
    private TokenMask? _mask;
    private bool _begun;

    /// <summary>Creates a loop.</summary>
    /// <param name="session">A session that nothing else uses meanwhile.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="sampler">Chooses; not disposed here.</param>
    /// <param name="stopTokens">Tokens that end the sequence and are not part of it.</param>
    /// <param name="maxTokens">The most tokens to generate, at least 1.</param>
    /// <param name="matcher">What the output must be; null for anything. Where it leaves one token alone, no step is run for it.</param>
    public TokenGenerator(CachedSession session, int[] prompt, Sampler sampler, IReadOnlySet<int> stopTokens, int maxTokens, TokenMatcher? matcher = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _session = session;
        _prompt = prompt;
        _sampler = sampler;
        _stopTokens = stopTokens;
        _maxTokens = maxTokens;
        _matcher = matcher;
    }

    /// <summary>Guesses ahead when it runs the steps itself; null for nobody. Not disposed here.</summary>
    public SpeculativeRun? Speculation { get; init; }

    /// <summary>Tokens of the prompt that were in the cache already.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>Tokens chosen so far, a stop token included.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>The tokens that must run before the next one can be chosen, in their order; the last of them gives the logits.</summary>
    public ReadOnlySpan<int> Pending => CollectionsMarshal.AsSpan(_pending);

    /// <summary>Why it ended; <see cref="GenerationEnd.None"/> while it goes on.</summary>
    public GenerationEnd End { get; private set; }

    /// <summary>Whether it ended with a stop token, and not because nothing could follow.</summary>
    public bool ChoseStopToken { get; private set; }

    /// <summary>Chooses the next token.</summary>
    /// <returns>False where a stop token was chosen or the budget was spent before.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, before a step or within one.</exception>
    public bool TryNext(out int token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        NextToken next = Prepare(out token);
        if (next != NextToken.NeedsLogits)
        {
            return next == NextToken.Chosen;
        }

        ReadOnlySpan<float> logits = Speculation is null ? _session.Append(Pending, cancellationToken) : Speculation.Append(Pending, cancellationToken);
        NoteRun(_pending.Count);
        return Choose(logits, out token);
    }

    /// <summary>Chooses the next token where no step is needed for it.</summary>
    /// <param name="token">The token where one was chosen, which ends the output where <see cref="End"/> says so; else -1.</param>
    public NextToken Prepare(out int token)
    {
        token = -1;
        if (End == GenerationEnd.None && GeneratedTokens == _maxTokens)
        {
            End = GenerationEnd.Length;
        }

        if (End != GenerationEnd.None)
        {
            return NextToken.None;
        }

        _mask = _matcher?.Mask();
        if (_mask is { Count: 0 })
        {
            End = GenerationEnd.Stop;
            return _matcher!.CanEnd ? NextToken.None : throw new UnsupportedException("The vocabulary of the model has no token that goes on with what the constraint asks for.");
        }

        // Where its log-probability is wanted, even the only possible token needs a step.
        if (_mask is { Count: 1 } && _sampler.Log is null)
        {
            token = _mask.First;
            _sampler.NoteForced(token);
            return Take(token) ? NextToken.Chosen : NextToken.None;
        }

        Begin();
        return NextToken.NeedsLogits;
    }

    /// <summary>Says that the first of the waiting tokens have run.</summary>
    public void NoteRun(int count) => _pending.RemoveRange(0, count);

    /// <summary>Chooses the next token by the logits of the last one that was waiting.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    /// <param name="token">The token, also where it ends the output.</param>
    /// <returns>False where a stop token was chosen.</returns>
    public bool Choose(ReadOnlySpan<float> logits, out int token)
    {
        token = _sampler.Pick(logits, _mask);
        token = _matcher?.Settle(token, _maxTokens - GeneratedTokens) ?? token;
        _sampler.Note(logits, token);
        return Take(token);
    }

    private bool Take(int token)
    {
        GeneratedTokens++;
        _pending.Add(token);
        if (_stopTokens.Contains(token))
        {
            (End, ChoseStopToken) = (GenerationEnd.Stop, true);
            return false;
        }

        return _matcher?.TryAdvance(token) != false ? true : throw new InvalidOperationException("A token was chosen that the constraint does not allow.");
    }

    // The prompt comes before whatever was chosen without a step.
    private void Begin()
    {
        if (!_begun)
        {
            ReusedTokens = _session.Begin(_prompt);
            _pending.InsertRange(0, _prompt.AsSpan(ReusedTokens));
            _begun = true;
        }
    }
}
