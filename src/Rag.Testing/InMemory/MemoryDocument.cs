using Rag.Index;

namespace Rag.Testing;

/// <summary>A stored document with the terms of its chunks.</summary>
internal sealed record MemoryDocument(IndexedDocument Indexed, IReadOnlyList<IReadOnlyList<string>> Terms)
{
    /// <summary>Each chunk with its vectors and its terms.</summary>
    public IEnumerable<MemoryChunk> Chunks =>
        Indexed.Chunks.Select((chunk, i) => new MemoryChunk(chunk, Indexed.Vectors?[i] ?? default, Terms[i], Indexed.SparseVectors?[i], Indexed.TokenVectors?[i]));
}
