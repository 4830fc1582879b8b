using System.Buffers;

namespace Rag.Index.Vectors;

/// <summary>Rows with their scores, in rented arrays.</summary>
internal sealed class VectorHits : IDisposable
{
    private readonly int[] _rows;
    private readonly float[] _scores;
    private int _count;

    private VectorHits(int count) => (_rows, _scores, _count) = (ArrayPool<int>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count), count);

    /// <summary>The rows.</summary>
    public Span<int> Rows => _rows.AsSpan(0, _count);

    /// <summary>Their scores.</summary>
    public Span<float> Scores => _scores.AsSpan(0, _count);

    /// <summary>The spread of the scores of all rows that were permitted, or an estimate of it.</summary>
    public double Deviation { get; set; }

    public static VectorHits Rent(int count) => new(count);

    /// <summary>Leaves the rest away.</summary>
    public void Keep(int count) => _count = count;

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_rows);
        ArrayPool<float>.Shared.Return(_scores);
    }
}
