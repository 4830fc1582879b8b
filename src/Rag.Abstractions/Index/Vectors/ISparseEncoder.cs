namespace Rag.Index;

/// <summary>Turns texts, questions and passages alike, into sparse vectors; whatever its model wants around a text, it adds itself. Safe for concurrent use.</summary>
public interface ISparseEncoder
{
    /// <summary>What an index records of it (<see cref="IndexManifest.Sparse"/>). May read the model's files when it is first asked for.</summary>
    EmbeddingIdentity Identity { get; }

    /// <summary>One vector per text, in their order.</summary>
    ValueTask<IReadOnlyList<SparseVector>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default);
}
