namespace Rag.Index;

/// <summary>What an index was built with. An index refuses content made otherwise, by the name of what differs.</summary>
/// <param name="Embedding">The embedding model, or null for a text-only index.</param>
/// <param name="ChunkerFingerprint">See <see cref="Chunks.IChunker.Fingerprint"/>.</param>
/// <param name="AnalyzerFingerprint">How text became terms.</param>
public sealed record IndexManifest(EmbeddingIdentity? Embedding, string ChunkerFingerprint, string AnalyzerFingerprint);
