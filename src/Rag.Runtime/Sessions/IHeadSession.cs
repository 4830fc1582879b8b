namespace Rag.Runtime.Sessions;

/// <summary>A loaded encoder with a head: token ids and types in, the head's numbers out. Thread-safe.</summary>
internal interface IHeadSession : IDisposable
{
    /// <summary>The number of token ids.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens one sequence may have.</summary>
    int MaxPositions { get; }

    /// <summary>Numbers of the output, for each token or for each row.</summary>
    int Width { get; }

    /// <summary>Whether there is an output for each token; otherwise one for each row.</summary>
    bool PerToken { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    string? DeviceNotice { get; }

    /// <summary>Runs one batch. The inputs are [batch, sequence], row major.</summary>
    /// <param name="ids">Token ids within the vocabulary.</param>
    /// <param name="types">0 for tokens of the first text, 1 for those of the second; left aside where the model does not tell them apart.</param>
    /// <param name="mask">1 where a token counts, 0 at padding.</param>
    /// <param name="batch">Rows, at least 1.</param>
    /// <param name="sequence">Tokens per row, 1 to <see cref="MaxPositions"/>.</param>
    /// <param name="output">Receives [batch, sequence, <see cref="Width"/>], undefined at padding, or [batch, <see cref="Width"/>].</param>
    /// <param name="cancellationToken">Ends the run, also within it.</param>
    void Run(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> types, ReadOnlySpan<long> mask, int batch, int sequence, Span<float> output, CancellationToken cancellationToken);
}
