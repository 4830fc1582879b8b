using System.Buffers;
using Rag.Index.Filters;

namespace Rag.Index.Text;

/// <summary>Sums of scores by chunk key, in pages of 1,024 keys that exist where something was added.</summary>
internal sealed class ScoreAccumulator : IDisposable
{
    private const int PageBits = 10, PageLength = 1 << PageBits;

    private readonly SortedDictionary<long, double[]> _pages = [];
    private long _lastPage = -1;
    private double[] _last = [];

    /// <summary>Adds to a chunk's sum; <paramref name="score"/> is above 0.</summary>
    public void Add(long chunk, double score)
    {
        long page = chunk >> PageBits;
        if (page != _lastPage)
        {
            Turn(page);
        }

        _last[chunk & (PageLength - 1)] += score;
    }

    /// <summary>A chunk's sum; 0 where nothing was added.</summary>
    public double this[long chunk] => _pages.TryGetValue(chunk >> PageBits, out double[]? page) ? page[chunk & (PageLength - 1)] : 0;

    /// <summary>Every permitted chunk with a sum above 0, in order of key; all are permitted where <paramref name="permitted"/> is null.</summary>
    public void CopyTo(List<long> chunks, List<double> scores, KeyRanges? permitted)
    {
        foreach ((long page, double[] values) in _pages)
        {
            for (int i = 0; i < PageLength; i++)
            {
                if (values[i] > 0 && permitted?.Contains((page << PageBits) + i) != false)
                {
                    chunks.Add((page << PageBits) + i);
                    scores.Add(values[i]);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (double[] page in _pages.Values)
        {
            ArrayPool<double>.Shared.Return(page);
        }

        _pages.Clear();
    }

    private void Turn(long page)
    {
        if (!_pages.TryGetValue(page, out double[]? values))
        {
            values = ArrayPool<double>.Shared.Rent(PageLength);
            values.AsSpan(0, PageLength).Clear();
            _pages.Add(page, values);
        }

        (_lastPage, _last) = (page, values);
    }
}
