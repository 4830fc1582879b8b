using Rag.Documents;

namespace Rag.Chunks;

/// <summary>
/// A passage of a document: what is embedded, indexed, retrieved and quoted. <c>Text == document.Text[Range]</c> always holds.
/// Immutable and safe to share between threads.
/// </summary>
public sealed record Chunk
{
    /// <summary>Deterministic id: a hash of document id, content hash, range and the chunker's fingerprint.</summary>
    public required string Id { get; init; }

    /// <summary>The document that it is a part of.</summary>
    public required string DocumentId { get; init; }

    /// <summary>Place among the document's chunks, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Where it stands in the document's text.</summary>
    public required TextRange Range { get; init; }

    /// <summary>The verbatim text.</summary>
    public required string Text { get; init; }

    /// <summary>The headings above it, outermost first; the document's title comes first where it has one that no heading repeats.</summary>
    public IReadOnlyList<string> HeadingPath { get; init; } = [];

    /// <summary>The page on which it begins, from 1, where the document has pages.</summary>
    public int? Page { get; init; }

    /// <summary>The headings joined for a person to read, such as "Guide › Setup"; empty where there are none.</summary>
    public string Heading => string.Join(" › ", HeadingPath);

    /// <summary>What is embedded and indexed: the heading path, a line break, the text. Never part of a quote.</summary>
    public string IndexedText => HeadingPath.Count == 0 ? Text : $"{string.Join(" > ", HeadingPath)}\n{Text}";
}
