using Rag.Index.Vectors.Hnsw;

namespace Rag.Index.Vectors;

/// <summary>A graph and which rows it is known to hold; it may hold newer ones by now.</summary>
/// <param name="Links">The graph.</param>
/// <param name="Count">Rows before this one that are no holes are in it.</param>
/// <param name="Removals">What was removed up to this state is out of it.</param>
internal sealed record VectorGraph(HnswGraph Links, int Count, long Removals);
