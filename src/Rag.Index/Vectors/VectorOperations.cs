using Rag.Index.Filters;
using Rag.Index.Vectors.Hnsw;
using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors;

/// <summary>What is done with rows and graphs, compiled for one <see cref="RowFormat"/>. Safe for concurrent use, except as said.</summary>
internal abstract unsafe class VectorOperations
{
    /// <summary>The operations for a format.</summary>
    public static VectorOperations Create(RowFormat format) => (format.Precision, format.Form.Metric) switch
    {
        (VectorPrecision.Single, VectorMetric.L2) => new VectorOperations<SingleKernel<NegatedDistance>>(format),
        (VectorPrecision.Single, _) => new VectorOperations<SingleKernel<Product>>(format),
        (VectorPrecision.Half, VectorMetric.L2) => new VectorOperations<HalfKernel<NegatedDistance>>(format),
        (VectorPrecision.Half, _) => new VectorOperations<HalfKernel<Product>>(format),
        (_, VectorMetric.L2) => new VectorOperations<Int8Kernel<NegatedDistance>>(format),
        _ => new VectorOperations<Int8Kernel<Product>>(format),
    };

    /// <summary>The score of two rows.</summary>
    public abstract float Score(byte* a, byte* b);

    /// <summary>The scores of a prepared vector with the rows from <paramref name="first"/> on, one for each place in <paramref name="scores"/>.</summary>
    public abstract void Scan(RowStore rows, ReadOnlySpan<float> vector, int first, Span<float> scores, int threads, CancellationToken cancellationToken);

    /// <summary>The scores of a prepared vector with some rows.</summary>
    public abstract void Score(RowStore rows, ReadOnlySpan<float> vector, ReadOnlySpan<int> which, Span<float> scores);

    /// <summary>Adds rows to a graph, those alone that are live where that is not null. Nothing else may change it meanwhile.</summary>
    public abstract void Add(HnswGraph graph, RowStore rows, int first, int past, RowSet? live, int efConstruction, int threads, CancellationToken cancellationToken);

    /// <summary>Takes rows out of a graph. Nothing else may change it meanwhile.</summary>
    public abstract void Remove(HnswGraph graph, RowStore rows, RowSet removed, int count, int efConstruction, CancellationToken cancellationToken);

    /// <summary>Searches a graph.</summary>
    /// <param name="graph">The links.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="limit">Rows from this on are not looked at.</param>
    /// <param name="vector">The question's prepared vector.</param>
    /// <param name="ef">Candidates kept.</param>
    /// <param name="permitted">The rows that may be found; null for all.</param>
    /// <param name="found">The best rows, best first; room for <paramref name="ef"/>.</param>
    /// <param name="scores">Their scores.</param>
    /// <returns>How many were found; -1 where comparing all permitted rows costs less.</returns>
    public abstract int Search(HnswGraph graph, RowStore rows, int limit, ReadOnlySpan<float> vector, int ef, RowSet? permitted, Span<int> found, Span<float> scores);
}
