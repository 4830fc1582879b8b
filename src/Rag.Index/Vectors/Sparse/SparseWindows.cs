using System.Buffers;
using System.Runtime.InteropServices;

namespace Rag.Index.Vectors;

/// <summary>
/// Sums up, window by window of keys, what each place of a question adds to chunks, so that the sums stay in the processor's nearest
/// cache; windows in which nothing stands are leapt over. Sums are taken in order of place.
/// </summary>
internal sealed class SparseWindows(IReadOnlyList<WeightedPostings> parts) : IDisposable
{
    private const int WindowBits = 11, WindowLength = 1 << WindowBits;

    private readonly int[] _next = new int[parts.Count];
    private long[] _chunks = ArrayPool<long>.Shared.Rent(WindowLength);
    private float[] _scores = ArrayPool<float>.Shared.Rent(WindowLength);
    private ScoreSpread _spread;
    private int _count;

    /// <summary>The chunks found, in order of key.</summary>
    public ReadOnlySpan<long> Chunks => _chunks.AsSpan(0, _count);

    /// <summary>Their scores.</summary>
    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, _count);

    /// <summary>The spread of the sums before they were rounded.</summary>
    public ScoreSpread Spread => _spread;

    /// <summary>Scores everything.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        Span<double> sums = stackalloc double[WindowLength];
        for (long window = NextWindow(); window != long.MaxValue; window = NextWindow())
        {
            cancellationToken.ThrowIfCancellationRequested();
            sums.Clear();
            for (int part = 0; part < _next.Length; part++)
            {
                _next[part] = Add(CollectionsMarshal.AsSpan(parts[part].Postings), _next[part], parts[part].Weight, window << WindowBits, sums);
            }

            Gather(window << WindowBits, sums);
        }
    }

    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(_chunks);
        ArrayPool<float>.Shared.Return(_scores);
        (_chunks, _scores, _count) = ([], [], 0);
    }

    // The first window in which any part still stands.
    private long NextWindow()
    {
        long window = long.MaxValue;
        for (int part = 0; part < _next.Length; part++)
        {
            if (_next[part] < parts[part].Postings.Count)
            {
                window = Math.Min(window, parts[part].Postings[_next[part]].Chunk >> WindowBits);
            }
        }

        return window;
    }

    private static int Add(ReadOnlySpan<SparsePosting> postings, int from, double weight, long first, Span<double> sums)
    {
        int i = from;
        for (; i < postings.Length; i++)
        {
            long place = postings[i].Chunk - first;
            if ((ulong)place >= WindowLength)
            {
                break;
            }

            sums[(int)place] += weight * postings[i].Weight;
        }

        return i;
    }

    private void Gather(long first, ReadOnlySpan<double> sums)
    {
        if (_count + WindowLength > Math.Min(_chunks.Length, _scores.Length))
        {
            Grow(ref _chunks);
            Grow(ref _scores);
        }

        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i] > 0)
            {
                _spread.Add(sums[i]);
                _chunks[_count] = first + i;
                _scores[_count++] = (float)sums[i];
            }
        }
    }

    private void Grow<T>(ref T[] values)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(2 * _count, _count + WindowLength));
        values.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(values);
        values = larger;
    }
}
