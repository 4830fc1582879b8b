using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index;

/// <summary>A document ready to be stored: its text, its chunks, their vectors.</summary>
/// <param name="Document">The document.</param>
/// <param name="Fingerprint">
/// Changes whenever reading and chunking the same bytes would give something else; stored beside the content hash to tell
/// whether a document is up to date.
/// </param>
/// <param name="Chunks">All of its chunks; none is allowed.</param>
/// <param name="Vectors">One vector per chunk, in the same order, of the manifest's dimension, or null in a text-only index.</param>
public sealed record IndexedDocument(
    Document Document, string Fingerprint, IReadOnlyList<Chunk> Chunks, IReadOnlyList<ReadOnlyMemory<float>>? Vectors)
{
    /// <summary>One sparse vector per chunk, in the same order, where the manifest names a model of them (<see cref="IndexManifest.Sparse"/>), else null.</summary>
    public IReadOnlyList<SparseVector>? SparseVectors { get; init; }

    /// <summary>The token vectors of each chunk, in the same order, where the manifest names a model of them (<see cref="IndexManifest.Tokens"/>), else null.</summary>
    public IReadOnlyList<MultiVector>? TokenVectors { get; init; }
}
