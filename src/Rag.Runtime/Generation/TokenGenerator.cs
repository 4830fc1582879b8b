using System.Runtime.InteropServices;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation;

/// <summary>
/// The decoding loop of one request: prefill, then one token per call, until a stop token or the budget ends it.
/// Synchronous and not thread-safe; a scheduler may step many of them.
/// </summary>
internal sealed class TokenGenerator
{
    private readonly CachedSession _session;
    private readonly int[] _prompt;
    private readonly Sampler _sampler;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly int _maxTokens;
    private readonly TokenMatcher? _matcher;
    private readonly List<int> _ahead = [];
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

    /// <summary>Tokens of the prompt that were in the cache already.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>Tokens chosen so far, a stop token included.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>Why it ended; <see cref="GenerationEnd.None"/> while it goes on.</summary>
    public GenerationEnd End { get; private set; }

    /// <summary>Chooses the next token.</summary>
    /// <returns>False where a stop token was chosen or the budget was spent before.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled, before a step or within one.</exception>
    public bool TryNext(out int token, CancellationToken cancellationToken)
    {
        token = -1;
        if (End == GenerationEnd.None && GeneratedTokens == _maxTokens)
        {
            End = GenerationEnd.Length;
        }

        if (End != GenerationEnd.None)
        {
            return false;
        }

        cancellationToken.ThrowIfCancellationRequested();
        TokenMask? mask = _matcher?.Mask();
        if (mask is { Count: 0 })
        {
            End = GenerationEnd.Stop;
            return _matcher!.CanEnd ? false : throw new UnsupportedException("The vocabulary of the model has no token that goes on with what the constraint asks for.");
        }

        // Where its log-probability is wanted, even the only possible token needs a step.
        if (mask is { Count: 1 } && _sampler.Log is null)
        {
            token = mask.First;
            _sampler.NoteForced(token);
        }
        else
        {
            token = _sampler.Next(Step(cancellationToken), mask);
            token = _matcher?.Settle(token, _maxTokens - GeneratedTokens) ?? token;
        }

        GeneratedTokens++;
        _ahead.Add(token);
        if (!_stopTokens.Contains(token))
        {
            return _matcher?.TryAdvance(token) != false ? true : throw new InvalidOperationException("A token was chosen that the constraint does not allow.");
        }

        End = GenerationEnd.Stop;
        return false;
    }

    // Runs the tokens that were not run yet; the last of them gives the logits.
    private ReadOnlySpan<float> Step(CancellationToken cancellationToken)
    {
        if (_begun)
        {
            ReadOnlySpan<float> logits = _session.Append(CollectionsMarshal.AsSpan(_ahead), cancellationToken);
            _ahead.Clear();
            return logits;
        }

        ReusedTokens = _session.Begin(_prompt);
        ReadOnlySpan<float> first = _session.Append([.. _prompt.AsSpan(ReusedTokens), .. CollectionsMarshal.AsSpan(_ahead)], cancellationToken);
        _begun = true;
        _ahead.Clear();
        return first;
    }
}
