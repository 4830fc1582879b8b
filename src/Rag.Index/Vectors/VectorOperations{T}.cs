using System.Collections.Concurrent;
using Rag.Index.Filters;
using Rag.Index.Vectors.Hnsw;
using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors;

/// <inheritdoc/>
internal sealed unsafe class VectorOperations<TKernel>(RowFormat format) : VectorOperations
    where TKernel : struct, IRowKernel
{
    /// <summary>Bytes from which a scan is shared among threads.</summary>
    private const long ParallelBytes = 4 << 20;

    private readonly ConcurrentBag<HnswScratch> _scratch = [];
    private readonly int _padded = format.Padded;

    public override float Score(byte* a, byte* b) => TKernel.Score(a, b, _padded);

    public override void Scan(RowStore rows, ReadOnlySpan<float> vector, int first, Span<float> scores, int threads, CancellationToken cancellationToken)
    {
        HnswScratch scratch = Take(vector);
        int past = first + scores.Length;
        fixed (byte* query = scratch.Query)
        fixed (float* results = scores)
        {
            (nint question, nint target) = ((nint)query, (nint)results);
            int firstBlock = first >> RowStore.BlockBits, pastBlock = (past + RowStore.BlockRows - 1) >> RowStore.BlockBits;
            if (threads > 1 && (long)scores.Length * format.Stride >= ParallelBytes)
            {
                ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
                Parallel.For(firstBlock, pastBlock, options, block => ScanBlock(rows, (byte*)question, block, first, past, (float*)target));
            }
            else
            {
                for (int block = firstBlock; block < pastBlock; block++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ScanBlock(rows, query, block, first, past, results);
                }
            }
        }

        _scratch.Add(scratch);
    }

    public override void Score(RowStore rows, ReadOnlySpan<float> vector, ReadOnlySpan<int> which, Span<float> scores)
    {
        HnswScratch scratch = Take(vector);
        fixed (byte* query = scratch.Query)
        fixed (float* results = scores)
        {
            int i = 0;
            for (; i + 4 <= which.Length; i += 4)
            {
                TKernel.Score4(query, rows[which[i]], rows[which[i + 1]], rows[which[i + 2]], rows[which[i + 3]], _padded, results + i);
            }

            for (; i < which.Length; i++)
            {
                results[i] = TKernel.Score(query, rows[which[i]], _padded);
            }
        }

        _scratch.Add(scratch);
    }

    public override void Add(HnswGraph graph, RowStore rows, int first, int past, RowSet? live, int efConstruction, int threads, CancellationToken cancellationToken)
    {
        graph.Reserve(past);
        HnswInsertion<TKernel> insertion = new(graph, rows, efConstruction);
        if (threads == 1 || past - first < 64)
        {
            HnswScratch scratch = Take([]);
            for (int row = first; row < past; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (live?[row] != false)
                {
                    insertion.Add(row, scratch);
                }
            }

            _scratch.Add(scratch);
            return;
        }

        // Each thread takes the next row, so that those that are near each other in the row order are seldom added at once.
        int next = first - 1;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, threads, options, _ =>
        {
            HnswScratch scratch = Take([]);
            for (int row; (row = Interlocked.Increment(ref next)) < past;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (live?[row] != false)
                {
                    insertion.Add(row, scratch);
                }
            }

            _scratch.Add(scratch);
        });
    }

    public override void Remove(HnswGraph graph, RowStore rows, RowSet removed, int count, int efConstruction, CancellationToken cancellationToken) =>
        new HnswRemoval<TKernel>(graph, rows, new(graph, rows, efConstruction)).Remove(removed, count, cancellationToken);

    public override int Search(HnswGraph graph, RowStore rows, int limit, ReadOnlySpan<float> vector, int ef, RowSet? permitted, Span<int> found, Span<float> scores)
    {
        HnswScratch scratch = Take(vector);
        HnswSearch<TKernel> search = new(graph, rows, Math.Min(limit, graph.Capacity));
        CandidateList best = permitted is null ? scratch.Found : scratch.Permitted;
        bool complete = true;
        best.Reset(0);
        fixed (byte* query = scratch.Query)
        {
            ulong entry = search.Descend(query, 0);
            if (entry != ulong.MaxValue && permitted is null)
            {
                search.Layer(query, entry, ef, 0, scratch);
            }
            else if (entry != ulong.MaxValue)
            {
                complete = search.Permitted(query, entry, ef, permitted!, permitted!.Count, scratch);
            }
        }

        int count = 0;
        foreach (ulong candidate in complete ? best.Items : [])
        {
            found[count] = Candidate.Row(candidate);
            scores[count++] = Candidate.Score(candidate);
        }

        _scratch.Add(scratch);
        return complete ? count : -1;
    }

    private void ScanBlock(RowStore rows, byte* query, int block, int first, int past, float* scores)
    {
        int row = Math.Max(first, block << RowStore.BlockBits), end = Math.Min(past, (block + 1) << RowStore.BlockBits), stride = format.Stride;
        byte* at = rows[row];
        for (; row + 4 <= end; row += 4, at += 4 * stride)
        {
            TKernel.Score4(query, at, at + stride, at + (2 * stride), at + (3 * stride), _padded, scores + (row - first));
        }

        for (; row < end; row++, at += stride)
        {
            scores[row - first] = TKernel.Score(query, at, _padded);
        }
    }

    private HnswScratch Take(ReadOnlySpan<float> vector)
    {
        HnswScratch scratch = _scratch.TryTake(out HnswScratch? kept) ? kept : new();
        byte[] query = scratch.QueryOf(format.Stride);
        if (!vector.IsEmpty)
        {
            format.Write(vector, query);
        }

        return scratch;
    }
}
