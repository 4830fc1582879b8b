namespace Rag.Index;

/// <summary>The best chunks of one scan and, where the store can tell, how the scores of all chunks spread.</summary>
/// <param name="Ids">Chunk ids, best first; ties by id, ordinal.</param>
/// <param name="Scores">Their scores: cosine similarity, BM25, or the dot product of sparse vectors.</param>
/// <param name="StandardDeviation">
/// Population standard deviation over every chunk of the store, chunks without a matching term counting 0; null where the
/// store does not score them all.
/// </param>
public sealed record ChunkScores(IReadOnlyList<string> Ids, IReadOnlyList<float> Scores, double? StandardDeviation);
