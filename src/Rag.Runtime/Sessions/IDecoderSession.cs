namespace Rag.Runtime.Sessions;

/// <summary>
/// One sequence being decoded: it owns its KV cache and shares the weights with the other sessions of its model.
/// Not thread-safe; two sessions of one model may run at the same time.
/// </summary>
public interface IDecoderSession : IDisposable
{
    /// <summary>The number of logits per token.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens the sequence may have.</summary>
    int MaxPositions { get; }

    /// <summary>Tokens in the KV cache.</summary>
    int Length { get; }

    /// <summary>
    /// Appends tokens and returns the logits of the last one. Any number may be given: they are run in pieces of
    /// <see cref="RuntimeOptions.PrefillChunk"/>, which changes the result by rounding at most.
    /// </summary>
    /// <param name="tokens">At least one token id, each within the vocabulary.</param>
    /// <param name="cancellationToken">Ends a running step; the cache then holds the pieces that were finished.</param>
    /// <returns>The logits, [<see cref="VocabularySize"/>], valid until the next call on this session.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; <see cref="Length"/> says how far it came.</exception>
    /// <exception cref="LimitExceededException">The sequence would pass <see cref="MaxPositions"/>; nothing was appended.</exception>
    ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default);

    /// <summary>Appends tokens and returns the logits of the last ones: for whoever has guessed how the sequence goes on and checks all guesses in one step.</summary>
    /// <param name="tokens">At least one token id, each within the vocabulary.</param>
    /// <param name="rows">How many of the last tokens are wanted, 1 to their number; at most <see cref="RuntimeOptions.PrefillChunk"/>.</param>
    /// <param name="cancellationToken">Ends a running step; the cache then holds the pieces that were finished.</param>
    /// <returns>The logits, [rows, <see cref="VocabularySize"/>], row major, valid until the next call on this session.</returns>
    /// <inheritdoc cref="Append(ReadOnlySpan{int}, CancellationToken)" path="/exception"/>
    ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default);

    /// <summary>Appends tokens and writes the logits of every one: for scoring and for tests.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="logits">Receives [tokens, <see cref="VocabularySize"/>], row major.</param>
    void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits);

    /// <summary>Drops the tokens beyond a length. Exact: what follows equals a session that never saw them.</summary>
    /// <param name="length">The tokens to keep, 0 to <see cref="Length"/>.</param>
    void Rewind(int length);

    /// <summary>
    /// Begins a second sequence with the tokens of this one, by copying what is kept of them: exact, and later steps of either never
    /// show in the other. The caller disposes it. It can be had even where the model and the adapter were disposed meanwhile.
    /// </summary>
    /// <returns>A session of the same <see cref="Length"/>; logits it gives from its next step on.</returns>
    /// <exception cref="UnavailableException">There is no memory for the copy; this session is as it was.</exception>
    IDecoderSession Fork();
}
