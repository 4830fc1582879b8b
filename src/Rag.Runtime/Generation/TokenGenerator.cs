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
    private int _last;

    /// <summary>Creates a loop.</summary>
    /// <param name="session">A session that nothing else uses meanwhile.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="sampler">Chooses; not disposed here.</param>
    /// <param name="stopTokens">Tokens that end the sequence and are not part of it.</param>
    /// <param name="maxTokens">The most tokens to generate, at least 1.</param>
    public TokenGenerator(CachedSession session, int[] prompt, Sampler sampler, IReadOnlySet<int> stopTokens, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _session = session;
        _prompt = prompt;
        _sampler = sampler;
        _stopTokens = stopTokens;
        _maxTokens = maxTokens;
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
        ReadOnlySpan<float> logits;
        if (GeneratedTokens == 0)
        {
            ReusedTokens = _session.Begin(_prompt);
            logits = _session.Append(_prompt.AsSpan(ReusedTokens), cancellationToken);
        }
        else
        {
            logits = _session.Append([_last], cancellationToken);
        }

        token = _last = _sampler.Next(logits);
        GeneratedTokens++;
        if (!_stopTokens.Contains(token))
        {
            return true;
        }

        End = GenerationEnd.Stop;
        return false;
    }
}
