using Rag.Chunks;
using Rag.Index;

namespace Rag.Testing;

/// <summary>A stored chunk.</summary>
internal sealed record MemoryChunk(Chunk Chunk, ReadOnlyMemory<float> Vector, IReadOnlyList<string> Terms, SparseVector? Sparse, MultiVector? Tokens);
