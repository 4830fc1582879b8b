using Rag.Index;

namespace Rag.Retrieval;

/// <summary>A question as the side of a search sees it that looks for words, whatever stands for words there.</summary>
internal abstract class LexicalQuery
{
    public abstract Task<ChunkScores> SearchAsync(IChunkReader index, int top, CancellationToken cancellationToken);

    public abstract ValueTask<IReadOnlyList<float>?> ScoreAsync(IChunkReader index, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken);

    /// <summary>A result with this side's score in its place.</summary>
    public abstract RetrievedChunk Mark(RetrievedChunk found, float? score);
}
