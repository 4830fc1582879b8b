namespace Rag.Runtime.Sessions;

/// <summary>A loaded span reader: token ids and types in, a start and an end logit of every token out. Thread-safe.</summary>
internal interface ISpanSession : IDisposable
{
    /// <summary>The number of token ids.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens one sequence may have.</summary>
    int MaxPositions { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    string? DeviceNotice { get; }

    /// <summary>Reads one batch. All spans are [batch, sequence], row major.</summary>
    /// <param name="ids">Token ids within the vocabulary.</param>
    /// <param name="types">0 for the question, 1 for the passage.</param>
    /// <param name="mask">1 where a token counts, 0 at padding.</param>
    /// <param name="batch">Rows, at least 1.</param>
    /// <param name="sequence">Tokens per row, 1 to <see cref="MaxPositions"/>.</param>
    /// <param name="start">Receives the start logits; undefined at padding.</param>
    /// <param name="end">Receives the end logits; undefined at padding.</param>
    /// <param name="cancellationToken">Ends the run, also within it.</param>
    void Run(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> start, Span<float> end, CancellationToken cancellationToken);
}
