using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Ingestion;

namespace Rag;

/// <summary>A document's way: source, reader, chunker, embedder, index.</summary>
public sealed class IngestionPipeline
{
    /// <summary>Creates the pipeline.</summary>
    public IngestionPipeline(
        IDocumentSource source,
        IReadOnlyList<IDocumentReader> readers,
        IChunker chunker,
        IEmbeddingGenerator<string, Embedding<float>>? embedder,
        IChunkIndex index,
        IngestionOptions? options = null,
        TimeProvider? timeProvider = null) => throw new NotSupportedException($"{source}{readers}{chunker}{embedder}{index}{options}{timeProvider}");

    /// <summary>Brings the index up to date with the source.</summary>
    public Task<IngestionResult> RunAsync(IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
