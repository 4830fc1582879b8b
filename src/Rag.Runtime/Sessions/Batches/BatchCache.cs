using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>
/// What the layers keep of the sessions of a batch, [rows, heads, capacity, width] for each buffer of a <see cref="KeyValueCache"/>, bound
/// as past and as present. A row is one piece of memory, so that any number of the first rows is a batch without a copy.
/// </summary>
internal sealed class BatchCache(NetworkDescription network, IDecoderMemory memory) : IDisposable
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
                OrtValue value = memory.Allocate(memory.Kept, rows, cache.Heads, capacity, cache.Width);
                grown.Add(value);
                CacheBlock block = new(value, cache.Heads, capacity, memory.WidthOf(cache.Width));
                for (int row = 0; row < rows; row++)
                {
                    int length = row < lengths.Length ? lengths[row] : 0;
                    memory.Clear(block, row, length);
                    if (length > 0)
                    {
                        memory.Copy(Block(grown.Count - 1, cache), row, block, row, 0, length);
                    }
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
        foreach (((int buffer, CacheDescription cache), (_, CacheBlock block)) in Descriptions().Zip(from.Blocks()))
        {
            memory.Copy(block, 0, Block(buffer, cache), row, 0, length);
        }
    }

    /// <summary>Copies some tokens of a row to a session, where they have the same place.</summary>
    public void Read(int row, int start, int count, KeyValueCache to)
    {
        foreach (((int buffer, CacheDescription cache), (_, CacheBlock block)) in Descriptions().Zip(to.Blocks()))
        {
            memory.Copy(Block(buffer, cache), row, block, 0, start, count);
        }
    }

    /// <summary>Copies the first tokens of a row to another.</summary>
    public void Move(int from, int to, int length)
    {
        foreach ((int buffer, CacheDescription cache) in Descriptions())
        {
            memory.Copy(Block(buffer, cache), from, Block(buffer, cache), to, 0, length);
        }
    }

    public void Dispose()
    {
        Free();
        (_buffers, Rows, Capacity) = ([], 0, 0);
    }

    // In the order of KeyValueCache.Blocks.
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

    private CacheBlock Block(int buffer, CacheDescription cache) => new(_buffers[buffer], cache.Heads, Capacity, memory.WidthOf(cache.Width));

    private OrtValue View(int buffer, CacheDescription cache, int rows)
    {
        OrtValue view = memory.View(_buffers[buffer], memory.Kept, rows, cache.Heads, Capacity, cache.Width);
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
