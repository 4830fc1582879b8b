using Rag.Documents;

namespace Rag.Chunks;

/// <summary>Cuts documents into passages. Stateless; safe for concurrent use.</summary>
public interface IChunker
{
    /// <summary>A string that changes whenever this chunker would cut the same document differently.</summary>
    string Fingerprint { get; }

    /// <summary>
    /// The chunks in text order. Every non-blank character of the document is in at least one of them, no chunk splits a
    /// surrogate pair or a grapheme, and an empty document has none.
    /// </summary>
    IReadOnlyList<Chunk> Split(Document document, CancellationToken cancellationToken = default);
}
