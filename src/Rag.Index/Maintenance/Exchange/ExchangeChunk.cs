namespace Rag.Index.Maintenance.Exchange;

/// <summary>A chunk in a document's line. Its text is the document's at its range; its vector 32-bit floats, little-endian, as Base64.</summary>
internal sealed record ExchangeChunk(string? Id, int Start, int End, int? Page, IReadOnlyList<string?>? Headings, string? Vector);
