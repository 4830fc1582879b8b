using Rag.Documents;
using Rag.Index;

namespace Rag.Hosting.Composition;

/// <summary>Stands where an index would and keeps the passages' texts alone, in the order in which they come.</summary>
internal sealed class PassageCollector : IChunkWriter
{
    private readonly List<string> _texts = [];

    public IReadOnlyList<string> Texts => _texts;

    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default) => new(false);

    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        new(new Dictionary<string, DocumentStamp>());

    public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        _texts.AddRange(document.Chunks.Select(chunk => chunk.IndexedText));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default) => new(false);

    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default) => new(false);
}
