using Rag.Index.Filters;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors;

/// <summary>
/// All vectors of one generation as rows, with the keys of their chunks, ascending. Immutable to its readers: a later generation
/// shares the rows and adds behind <see cref="Count"/>. Rows whose chunk was removed stay as holes until there are many.
/// </summary>
/// <param name="Generation">The generation that it shows.</param>
/// <param name="Removals">See <see cref="Storage.IndexState.Removals"/>.</param>
/// <param name="Rows">The vectors.</param>
/// <param name="AllKeys">Keys of the chunks and room behind them.</param>
/// <param name="Count">Number of rows, holes too.</param>
/// <param name="Live">The rows that are no holes; null where there is no hole.</param>
internal sealed record VectorMatrix(long Generation, long Removals, RowStore Rows, long[] AllKeys, int Count, RowSet? Live)
{
    /// <summary>Keys of the chunks, ascending; a hole has the key of the chunk that was there.</summary>
    public ReadOnlySpan<long> Keys => AllKeys.AsSpan(0, Count);

    /// <summary>Number of vectors.</summary>
    public int LiveCount => Live?.Count ?? Count;
}
