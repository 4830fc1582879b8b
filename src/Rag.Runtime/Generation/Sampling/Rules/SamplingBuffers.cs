using System.Buffers;

namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Scratch room of the rules, one value per token of the vocabulary, rented when a rule first asks. Not thread-safe.</summary>
internal sealed class SamplingBuffers(int vocabularySize) : IDisposable
{
    private float[]? _weights;
    private float[]? _keys;
    private int[]? _order;
    private int[]? _counts;

    /// <summary>Numbers of no lasting meaning.</summary>
    public Span<float> Weights => (_weights ??= ArrayPool<float>.Shared.Rent(vocabularySize)).AsSpan(0, vocabularySize);

    /// <summary>More numbers of no lasting meaning.</summary>
    public Span<float> Keys => (_keys ??= ArrayPool<float>.Shared.Rent(vocabularySize)).AsSpan(0, vocabularySize);

    /// <summary>Places of no lasting meaning.</summary>
    public Span<int> Order => (_order ??= ArrayPool<int>.Shared.Rent(vocabularySize)).AsSpan(0, vocabularySize);

    /// <summary>One number per token. All are 0 before and after every rule.</summary>
    public Span<int> Counts
    {
        get
        {
            if (_counts is null)
            {
                _counts = ArrayPool<int>.Shared.Rent(vocabularySize);
                Array.Clear(_counts);
            }

            return _counts.AsSpan(0, vocabularySize);
        }
    }

    public void Dispose()
    {
        Return(ref _weights);
        Return(ref _keys);
        Return(ref _order);
        Return(ref _counts);
    }

    private static void Return<T>(ref T[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<T>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
