using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Hosting.Composition;

/// <summary>Stands where an index would and keeps the passages' texts alone, in the order in which they come.</summary>
internal sealed class PassageCollector : IChunkIndex
{
    private readonly List<string> _texts = [];

    public IReadOnlyList<string> Texts => _texts;

    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => new((IndexManifest?)null);

    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default) => new(false);

    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        new(new Dictionary<string, DocumentStamp>());

    public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        _texts.AddRange(document.Chunks.Select(chunk => chunk.IndexedText));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default) => new(false);

    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        throw WriteOnly();

    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) => throw WriteOnly();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException WriteOnly() => new("Passages are collected here, not searched.");
}
