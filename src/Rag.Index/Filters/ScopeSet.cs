using Rag.Index.Vectors;

namespace Rag.Index.Filters;

/// <summary>What a scope means for one commit. Immutable; safe for concurrent use.</summary>
/// <param name="Readable">What its principal may read; null where that is everything.</param>
/// <param name="Documents">Keys of the documents within it; null where that is everything.</param>
/// <param name="Chunks">Keys of the chunks within it; null where that is everything.</param>
/// <param name="Counts">How many documents and chunks are within it.</param>
internal sealed record ScopeSet(ReadableSet? Readable, KeyRanges? Documents, KeyRanges? Chunks, IndexCounts Counts)
{
    private RowsOf? _rows;

    /// <summary>Whether a document is within the scope.</summary>
    public bool HasDocument(long key) => Documents is null || Documents.Contains(key);

    /// <summary>Whether a chunk is within the scope.</summary>
    public bool HasChunk(long key) => Chunks is null || Chunks.Contains(key);

    /// <summary>The rows of a matrix of the same commit that are within the scope; null where all are.</summary>
    public RowSet? Rows(VectorMatrix matrix)
    {
        if (Chunks is null)
        {
            return null;
        }

        // A pair that another thread puts there meanwhile is as right as this one.
        RowsOf? known = Volatile.Read(ref _rows);
        if (known?.Matrix != matrix)
        {
            Volatile.Write(ref _rows, known = new(matrix, Chunks.Rows(matrix.Keys)));
        }

        return known!.Rows;
    }

    private sealed record RowsOf(VectorMatrix Matrix, RowSet Rows);
}
