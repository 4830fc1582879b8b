namespace Rag.Index.Maintenance;

/// <summary>One kind of content of an index.</summary>
/// <param name="Name">Such as "texts", "vectors", "postings"; those of sparse vectors and token vectors are there only where there are any.</param>
/// <param name="Rows">How many records it has.</param>
/// <param name="Bytes">Their content in bytes, as stored; the database's own overhead is not counted.</param>
public sealed record IndexPart(string Name, long Rows, long Bytes);
