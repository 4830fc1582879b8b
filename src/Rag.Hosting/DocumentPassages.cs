using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Hosting.Composition;
using Rag.Ingestion;

namespace Rag.Hosting;

/// <summary>The passages of a folder of documents, read and cut exactly as an index would have them, without an index.</summary>
/// <param name="Texts">The passages as an encoder gets them, headings included, document by document.</param>
/// <param name="Failed">Documents that could not be read.</param>
public sealed record DocumentPassages(IReadOnlyList<string> Texts, IReadOnlyList<IngestionFailure> Failed)
{
    /// <summary>Reads a folder.</summary>
    /// <param name="documents">The folder.</param>
    /// <param name="counter">Counts tokens as the encoder does, so that passages fit it.</param>
    /// <param name="progress">Told after each document.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="UnavailableException">There is no such folder.</exception>
    public static async Task<DocumentPassages> ReadAsync(
        string documents, ITokenCounter counter, IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(documents);
        ArgumentNullException.ThrowIfNull(counter);
        if (!Directory.Exists(documents))
        {
            throw new UnavailableException($"There is no folder '{documents}'.", documents);
        }

        var collector = new PassageCollector();
        var pipeline = new IngestionPipeline(
            new FolderSource(Path.GetFullPath(documents)), DocumentReaders.CreateDefault(), new StructureChunker(counter, new ChunkingOptions()), embedder: null, collector);
        IngestionResult result = await pipeline.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        return new DocumentPassages(collector.Texts, result.Failed);
    }
}
