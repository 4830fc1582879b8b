using Rag.Chunks;
using Rag.Documents;

namespace Rag.Ingestion;

/// <summary>A document read and cut, waiting for its vectors.</summary>
internal sealed record PendingDocument(Document Document, string Fingerprint, IReadOnlyList<Chunk> Chunks, bool Known);
