using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// What the layers keep of one sequence, [1, heads, capacity, width] per buffer. Each buffer is bound as past and as
/// present, so a step writes its rows in place; a layer whose keys serve as values has one buffer bound as both. The capacity
/// doubles when it is used up; rows beyond the length in use are never read, so a rewind needs no copy.
/// </summary>
internal sealed class KeyValueCache(NetworkDescription network, IDecoderMemory memory) : IDisposable
{
    private OrtValue?[] _keys = [];
    private OrtValue?[] _values = [];

    /// <summary>Rows for which there is room.</summary>
    public int Capacity { get; private set; }

    /// <summary>Makes room for more rows.</summary>
    /// <param name="capacity">Rows for which there is to be room.</param>
    /// <param name="length">The first rows, which are kept.</param>
    /// <param name="filled">The first rows, of which the caller writes those that are not kept before the next step.</param>
    /// <exception cref="UnavailableException">There is no memory; nothing has changed.</exception>
    public void Grow(int capacity, int length, int filled)
    {
        KeyValueCache grown = new(network, memory);
        try
        {
            grown.Allocate(capacity);
            if (length > 0)
            {
                grown.CopyFrom(this, length);
            }

            foreach ((_, CacheBlock block) in grown.Blocks())
            {
                memory.Clear(block, 0, Math.Max(length, filled));
            }
        }
        catch (Exception e)
        {
            grown.Dispose();
            if (e is OnnxRuntimeException)
            {
                throw new UnavailableException($"There is no memory for the keys and values of {capacity} tokens: {e.Message}", innerException: e);
            }

            throw;
        }

        Dispose();
        (_keys, _values, Capacity) = (grown._keys, grown._values, capacity);
    }

    /// <summary>Binds every buffer as past and as present.</summary>
    public void Bind(OrtIoBinding binding)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (network.Layers[i].Cache is not { } cache)
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
        foreach ((_, CacheBlock block) in Blocks())
        {
            memory.Read(block, start, count, rows);
            rows = rows[(block.Heads * count * block.Width)..];
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
        foreach ((_, CacheBlock block) in Blocks())
        {
            memory.Write(block, start, rows, tokens, first, count);
            rows = rows[(block.Heads * tokens * block.Width)..];
        }
    }

    /// <summary>Copies the first rows of another cache of the same network, for which there must be room.</summary>
    public void CopyFrom(KeyValueCache other, int length)
    {
        foreach (((_, CacheBlock to), (_, CacheBlock from)) in Blocks().Zip(other.Blocks()))
        {
            memory.Copy(from, 0, to, 0, 0, length);
        }
    }

    /// <summary>The buffers by their number, in the order of <see cref="CacheLayout"/>.</summary>
    public IEnumerable<(int Number, CacheBlock Block)> Blocks()
    {
        int number = 0;
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] is { } keys)
            {
                yield return (number++, Block(i, keys));
            }

            if (_values[i] is { } values)
            {
                yield return (number++, Block(i, values));
            }
        }
    }

    public void Dispose()
    {
        foreach (OrtValue? value in _keys.Concat(_values))
        {
            value?.Dispose();
        }

        (_keys, _values, Capacity) = ([], [], 0);
    }

    private void Allocate(int capacity)
    {
        (_keys, _values, Capacity) = (new OrtValue?[network.Layers.Count], new OrtValue?[network.Layers.Count], capacity);
        for (int i = 0; i < _keys.Length; i++)
        {
            if (network.Layers[i].Cache is { } cache)
            {
                _keys[i] = Allocate(cache, capacity);
                _values[i] = cache.Form == CacheForm.KeysAndValues ? Allocate(cache, capacity) : null;
            }
        }
    }

    private OrtValue Allocate(CacheDescription cache, int capacity)
    {
        long bytes = (long)cache.Heads * capacity * cache.Width * sizeof(float);
        if (bytes > int.MaxValue)
        {
            throw new UnsupportedException($"A sequence of {capacity} tokens needs {bytes} bytes for the keys of one layer, more than one buffer holds; lower {nameof(RuntimeOptions.MaxPositions)}.");
        }

        return memory.Allocate(memory.Kept, 1, cache.Heads, capacity, cache.Width);
    }

    private CacheBlock Block(int layer, OrtValue value) => new(value, network.Layers[layer].Cache!.Heads, Capacity, memory.WidthOf(network.Layers[layer].Cache!.Width));
}
