using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Retrieval;

namespace Rag.Hosting.Composition;

/// <summary>What is there once a library is open.</summary>
/// <param name="Index">The index, for reading; it sees what a writer commits.</param>
/// <param name="Embedder">The sentence encoder; null where search goes by words alone.</param>
/// <param name="Retriever">The way to passages.</param>
internal sealed record OpenLibrary(IChunkIndex Index, IEmbeddingGenerator<string, Embedding<float>>? Embedder, IRetriever Retriever);
