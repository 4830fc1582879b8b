namespace Rag.Index.Vectors;

/// <summary>One chunk whose sparse vector is not zero at a place.</summary>
/// <param name="Chunk">Key of the chunk.</param>
/// <param name="Weight">What stands there.</param>
internal readonly record struct SparsePosting(long Chunk, float Weight);
