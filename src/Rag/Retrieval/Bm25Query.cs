using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Words by BM25.</summary>
internal sealed class Bm25Query(string text) : LexicalQuery
{
    public override Task<ChunkScores> SearchAsync(IChunkReader index, int top, CancellationToken cancellationToken) =>
        index.SearchTextAsync(text, top, cancellationToken).AsTask();

    public override ValueTask<IReadOnlyList<float>?> ScoreAsync(IChunkReader index, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken) =>
        index.ScoreTextAsync(text, chunkIds, cancellationToken);

    public override RetrievedChunk Mark(RetrievedChunk found, float? score) => found with { Bm25 = score };
}
