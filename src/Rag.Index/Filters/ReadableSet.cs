namespace Rag.Index.Filters;

/// <summary>What a principal may read of one commit, and what of it BM25 needs to know.</summary>
/// <param name="Documents">Keys of documents; may hold keys that no document has.</param>
/// <param name="Chunks">Keys of chunks; may hold keys that no chunk has.</param>
/// <param name="Counts">How many documents and chunks there are.</param>
/// <param name="TotalLength">Terms of these chunks together.</param>
internal sealed record ReadableSet(KeyRanges Documents, KeyRanges Chunks, IndexCounts Counts, long TotalLength);
