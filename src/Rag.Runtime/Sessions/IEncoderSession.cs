namespace Rag.Runtime.Sessions;

/// <summary>
/// A loaded encoder: token ids in, the last hidden state of every token out. Thread-safe: calls may overlap.
/// </summary>
public interface IEncoderSession : IDisposable
{
    /// <summary>The width of one hidden state.</summary>
    int HiddenSize { get; }

    /// <summary>The most tokens one sequence may have.</summary>
    int MaxPositions { get; }

    /// <summary>Whether a batch may have rows of several lengths, padded to one. True unless a session says otherwise.</summary>
    bool TakesPadding => true;

    /// <summary>Encodes one batch.</summary>
    /// <param name="ids">Token ids, [batch, sequence], row major, each within the vocabulary.</param>
    /// <param name="attentionMask">1 where a token counts, 0 at padding; [batch, sequence], row major. Padding never changes a row beyond rounding.</param>
    /// <param name="batch">Rows, at least 1.</param>
    /// <param name="sequence">Tokens per row, 1 to <see cref="MaxPositions"/>.</param>
    /// <param name="output">Receives the last hidden state, [batch, sequence, <see cref="HiddenSize"/>], row major; rows at padding are undefined.</param>
    /// <exception cref="ArgumentException">A length does not fit batch and sequence, or an id lies outside the vocabulary, or there is padding that <see cref="TakesPadding"/> excludes.</exception>
    void Run(ReadOnlySpan<long> ids, ReadOnlySpan<long> attentionMask, int batch, int sequence, Span<float> output);
}
