namespace Rag.Index.Maintenance.Exchange;

/// <summary>
/// A chunk in a document's line. Its text is the document's at its range. As Base64, all little-endian: its vector, 32-bit floats; its
/// sparse vector, the places as 32-bit whole numbers and then their weights as 32-bit floats; its token vectors one after another, 16-bit
/// floats.
/// </summary>
internal sealed record ExchangeChunk(string? Id, int Start, int End, int? Page, IReadOnlyList<string?>? Headings, string? Vector, string? Sparse = null, string? Tokens = null);
