using Rag.Index;
using Rag.Retrieval;

namespace Rag.Hosting.Composition;

/// <summary>What is there once a library is open.</summary>
/// <param name="Index">The index.</param>
/// <param name="Ingestion">The way in.</param>
/// <param name="Retriever">The way to passages.</param>
internal sealed record OpenLibrary(IChunkIndex Index, IngestionPipeline Ingestion, IRetriever Retriever);
