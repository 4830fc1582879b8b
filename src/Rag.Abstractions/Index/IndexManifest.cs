using System.Text.Json.Serialization;

namespace Rag.Index;

/// <summary>What an index was built with. An index refuses content made otherwise, by the name of what differs.</summary>
/// <param name="Embedding">The embedding model, or null for a text-only index.</param>
/// <param name="ChunkerFingerprint">See <see cref="Chunks.IChunker.Fingerprint"/>.</param>
/// <param name="AnalyzerFingerprint">How text became terms.</param>
public sealed record IndexManifest(EmbeddingIdentity? Embedding, string ChunkerFingerprint, string AnalyzerFingerprint)
{
    /// <summary>The model of the chunks' sparse vectors (<see cref="IndexedDocument.SparseVectors"/>), or null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EmbeddingIdentity? Sparse { get; init; }

    /// <summary>The model of the chunks' token vectors (<see cref="IndexedDocument.TokenVectors"/>), or null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EmbeddingIdentity? Tokens { get; init; }

    /// <summary>
    /// Whether nothing may be read without a principal that a document's own access names (<see cref="AccessRules"/>). Once
    /// declared it stays: a later manifest without it does not take it away.
    /// </summary>
    public bool IsProtected { get; init; }
}
