using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>
/// What the layers keep of one sequence, [1, heads, capacity, width] per buffer. Each buffer is bound as past and as
/// present, so a step writes its rows in place; a layer whose keys serve as values has one buffer bound as both. The capacity
/// doubles when it is used up; rows beyond the length in use are never read, so a rewind needs no copy.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly NetworkDescription _network;
    private OrtValue?[] _keys = [];
    private OrtValue?[] _values = [];

    public KeyValueCache(NetworkDescription network) => _network = network;

    /// <summary>Rows for which there is room.</summary>
    public int Capacity { get; private set; }

    /// <summary>Makes room for more rows.</summary>
    /// <param name="capacity">Rows for which there is to be room.</param>
    /// <param name="length">The first rows, which are kept.</param>
    /// <param name="filled">The first rows, of which the caller writes those that are not kept before the next step.</param>
    public void Grow(int capacity, int length, int filled)
    {
        int layers = _network.Layers.Count;
        OrtValue?[] keys = new OrtValue?[layers];
        OrtValue?[] values = new OrtValue?[layers];
        try
        {
            for (int i = 0; i < layers; i++)
            {
                if (_network.Layers[i].Cache is not { } cache)
                {
                    continue;
                }

                keys[i] = Allocate(cache, capacity);
                values[i] = cache.Form == CacheForm.KeysAndValues ? Allocate(cache, capacity) : null;
                if (length > 0)
                {
                    Copy(cache, _keys[i], Capacity, keys[i], capacity, length);
                    Copy(cache, _values[i], Capacity, values[i], capacity, length);
                }

                Clear(cache, keys[i], capacity, Math.Max(length, filled));
                Clear(cache, values[i], capacity, Math.Max(length, filled));
            }
        }
        catch (Exception e)
        {
            Free(keys);
            Free(values);
            if (e is OnnxRuntimeException)
            {
                throw new UnavailableException($"There is no memory for the keys and values of {capacity} tokens: {e.Message}", innerException: e);
            }

            throw;
        }

        Free(_keys);
        Free(_values);
        (_keys, _values, Capacity) = (keys, values, capacity);
    }

    /// <summary>Binds every buffer as past and as present.</summary>
    public void Bind(OrtIoBinding binding)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_network.Layers[i].Cache is not { } cache)
            {
                continue;
            }

            binding.BindInput(GraphNames.PastKey(i), _keys[i]);
            binding.BindOutput(GraphNames.PresentKey(i), _keys[i]);
            if (cache.Form != CacheForm.Inputs)
            {
                binding.BindInput(GraphNames.PastValue(i), _values[i] ?? _keys[i]);
                binding.BindOutput(GraphNames.PresentValue(i), _values[i] ?? _keys[i]);
            }
        }
    }

    /// <summary>Copies the rows of some tokens out; see <see cref="CacheLayout"/>.</summary>
    public void Read(int start, int count, Span<float> rows)
    {
        foreach ((OrtValue value, CacheDescription cache) in Buffers())
        {
            ReadOnlySpan<float> held = Numbers(value);
            int width = Width(cache);
            int length = count * width;
            for (int head = 0; head < cache.Heads; head++, rows = rows[length..])
            {
                held.Slice(((head * Capacity) + start) * width, length).CopyTo(rows);
            }
        }
    }

    /// <summary>Copies rows in, for which there must be room.</summary>
    /// <param name="start">The first token written.</param>
    /// <param name="rows">Rows of <paramref name="tokens"/> tokens; see <see cref="CacheLayout"/>.</param>
    /// <param name="tokens">Tokens that <paramref name="rows"/> holds.</param>
    /// <param name="first">The first of them that is copied.</param>
    /// <param name="count">How many are copied.</param>
    public void Write(int start, ReadOnlySpan<float> rows, int tokens, int first, int count)
    {
        foreach ((OrtValue value, CacheDescription cache) in Buffers())
        {
            Span<float> held = Numbers(value);
            int width = Width(cache);
            for (int head = 0; head < cache.Heads; head++, rows = rows[(tokens * width)..])
            {
                rows.Slice(first * width, count * width).CopyTo(held[(((head * Capacity) + start) * width)..]);
            }
        }
    }

    /// <summary>Copies the first rows of another cache of the same network, for which there must be room.</summary>
    public void CopyFrom(KeyValueCache other, int length)
    {
        foreach (((OrtValue to, CacheDescription cache), (OrtValue from, _)) in Buffers().Zip(other.Buffers()))
        {
            Copy(cache, from, other.Capacity, to, Capacity, length);
        }
    }

    public void Dispose()
    {
        Free(_keys);
        Free(_values);
        (_keys, _values, Capacity) = ([], [], 0);
    }

    // Four bytes of a row in eight bits are moved as one number.
    private int Width(CacheDescription cache) => _network.EightBitCache ? cache.Width / sizeof(float) : cache.Width;

    private static Span<float> Numbers(OrtValue value) => MemoryMarshal.Cast<byte, float>(value.GetTensorMutableRawData());

    private OrtValue Allocate(CacheDescription cache, int capacity)
    {
        long bytes = (long)cache.Heads * capacity * Width(cache) * sizeof(float);
        if (bytes > int.MaxValue)
        {
            throw new UnsupportedException($"A sequence of {capacity} tokens needs {bytes} bytes for the keys of one layer, more than one buffer holds; lower {nameof(RuntimeOptions.MaxPositions)}.");
        }

        return OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, _network.EightBitCache ? TensorElementType.Int8 : TensorElementType.Float, [1, cache.Heads, capacity, cache.Width]);
    }

    // A kernel may multiply rows that it then masks: they must be numbers.
    private void Clear(CacheDescription cache, OrtValue? value, int capacity, int start)
    {
        int width = Width(cache);
        for (int head = 0; value is not null && head < cache.Heads; head++)
        {
            Numbers(value).Slice(((head * capacity) + start) * width, (capacity - start) * width).Clear();
        }
    }

    // In the order of CacheLayout.
    private IEnumerable<(OrtValue Value, CacheDescription Cache)> Buffers()
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] is { } keys)
            {
                yield return (keys, _network.Layers[i].Cache!);
            }

            if (_values[i] is { } values)
            {
                yield return (values, _network.Layers[i].Cache!);
            }
        }
    }

    private void Copy(CacheDescription cache, OrtValue? from, int fromCapacity, OrtValue? to, int capacity, int length)
    {
        if (from is null || to is null)
        {
            return;
        }

        ReadOnlySpan<float> source = Numbers(from);
        Span<float> destination = Numbers(to);
        int width = Width(cache);
        for (int head = 0; head < cache.Heads; head++)
        {
            source.Slice(head * fromCapacity * width, length * width)
                .CopyTo(destination[(head * capacity * width)..]);
        }
    }

    private static void Free(OrtValue?[] values)
    {
        foreach (OrtValue? value in values)
        {
            value?.Dispose();
        }
    }
}
