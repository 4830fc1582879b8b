using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>
/// What the layers keep of the sessions of a batch, [rows, heads, capacity, width] for each buffer of a <see cref="KeyValueCache"/>, bound
/// as past and as present. A row is one piece of memory, so that any number of the first rows is a batch without a copy.
/// </summary>
internal sealed class BatchCache(NetworkDescription network) : IDisposable
{
    private readonly List<OrtValue> _views = [];
    private OrtValue[] _buffers = [];

    /// <summary>Rows for which there is room.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens of each row for which there is room.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether buffers can be as large.</summary>
    public bool CanHold(int rows, int capacity)
    {
        foreach ((_, CacheDescription cache) in Descriptions())
        {
            if ((long)rows * cache.Heads * capacity * cache.Width * sizeof(float) > int.MaxValue)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes room; rows in use keep their first tokens.</summary>
    /// <param name="rows">Rows for which there is to be room.</param>
    /// <param name="capacity">Tokens for which there is to be room in each.</param>
    /// <param name="lengths">The tokens of each row in use.</param>
    /// <exception cref="UnavailableException">There is no memory; nothing has changed.</exception>
    public void Grow(int rows, int capacity, ReadOnlySpan<int> lengths)
    {
        List<OrtValue> grown = [];
        try
        {
            foreach ((_, CacheDescription cache) in Descriptions())
            {
                OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [rows, cache.Heads, capacity, cache.Width]);
                grown.Add(value);

                // A kernel may multiply rows that it then masks: they must be numbers.
                Span<float> floats = value.GetTensorMutableDataAsSpan<float>();
                floats.Clear();
                for (int row = 0; row < lengths.Length; row++)
                {
                    Copy(cache, _buffers[grown.Count - 1].GetTensorDataAsSpan<float>(), row, Capacity, floats, row, capacity, 0, lengths[row]);
                }
            }
        }
        catch (Exception e)
        {
            grown.ForEach(value => value.Dispose());
            throw e is OnnxRuntimeException ? new UnavailableException($"There is no memory for the keys and values of {rows} sequences of {capacity} tokens: {e.Message}", innerException: e) : e;
        }

        Free();
        (_buffers, Rows, Capacity) = ([.. grown], rows, capacity);
    }

    /// <summary>Binds the first rows.</summary>
    public void Bind(OrtIoBinding binding, int rows)
    {
        FreeViews();
        int buffer = 0;
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            if (network.Layers[layer].Cache is not { } cache)
            {
                continue;
            }

            OrtValue keys = View(buffer++, cache, rows);
            binding.BindInput(GraphNames.PastKey(layer), keys);
            binding.BindOutput(GraphNames.PresentKey(layer), keys);
            if (cache.Form != CacheForm.Inputs)
            {
                OrtValue values = cache.Form == CacheForm.KeysAndValues ? View(buffer++, cache, rows) : keys;
                binding.BindInput(GraphNames.PastValue(layer), values);
                binding.BindOutput(GraphNames.PresentValue(layer), values);
            }
        }
    }

    /// <summary>Copies the first tokens of a session to a row.</summary>
    public void Write(int row, KeyValueCache from, int length)
    {
        foreach ((int buffer, OrtValue value, CacheDescription cache) in from.Buffers())
        {
            Copy(cache, value.GetTensorDataAsSpan<float>(), 0, from.Capacity, _buffers[buffer].GetTensorMutableDataAsSpan<float>(), row, Capacity, 0, length);
        }
    }

    /// <summary>Copies some tokens of a row to a session, where they have the same place.</summary>
    public void Read(int row, int start, int count, KeyValueCache to)
    {
        foreach ((int buffer, OrtValue value, CacheDescription cache) in to.Buffers())
        {
            Copy(cache, _buffers[buffer].GetTensorDataAsSpan<float>(), row, Capacity, value.GetTensorMutableDataAsSpan<float>(), 0, to.Capacity, start, count);
        }
    }

    /// <summary>Copies the first tokens of a row to another.</summary>
    public void Move(int from, int to, int length)
    {
        foreach ((int buffer, CacheDescription cache) in Descriptions())
        {
            Span<float> floats = _buffers[buffer].GetTensorMutableDataAsSpan<float>();
            Copy(cache, floats, from, Capacity, floats, to, Capacity, 0, length);
        }
    }

    public void Dispose()
    {
        Free();
        (_buffers, Rows, Capacity) = ([], 0, 0);
    }

    private static void Copy(
        CacheDescription cache, ReadOnlySpan<float> from, int fromRow, int fromCapacity, Span<float> to, int toRow, int toCapacity, int start, int count)
    {
        for (int head = 0; head < cache.Heads; head++)
        {
            from.Slice(Offset(fromRow, fromCapacity), count * cache.Width).CopyTo(to[Offset(toRow, toCapacity)..]);

            int Offset(int row, int capacity) => checked(((((row * cache.Heads) + head) * capacity) + start) * cache.Width);
        }
    }

    // In the order of KeyValueCache.Buffers.
    private IEnumerable<(int Buffer, CacheDescription Cache)> Descriptions()
    {
        int buffer = 0;
        foreach (LayerDescription layer in network.Layers)
        {
            if (layer.Cache is { } cache)
            {
                yield return (buffer++, cache);
                if (cache.Form == CacheForm.KeysAndValues)
                {
                    yield return (buffer++, cache);
                }
            }
        }
    }

    private OrtValue View(int buffer, CacheDescription cache, int rows)
    {
        OrtValue view = BatchViews.Rows(_buffers[buffer], [rows, cache.Heads, Capacity, cache.Width]);
        _views.Add(view);
        return view;
    }

    private void Free()
    {
        FreeViews();
        foreach (OrtValue value in _buffers)
        {
            value.Dispose();
        }
    }

    private void FreeViews()
    {
        _views.ForEach(view => view.Dispose());
        _views.Clear();
    }
}
