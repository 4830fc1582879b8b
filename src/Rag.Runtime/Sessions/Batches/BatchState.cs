using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>What the layers of the sessions of a batch keep of all their tokens together; see <see cref="RecurrentState"/>.</summary>
internal sealed class BatchState(NetworkDescription network, IDecoderMemory memory) : IDisposable
{
    private readonly List<OrtValue> _views = [];
    private List<(string Past, string Present, long[] Shape, OrtValue Read, OrtValue Written)> _buffers = [];

    /// <summary>Makes room for more rows; the first ones keep what they have.</summary>
    /// <exception cref="UnavailableException">There is no memory; nothing has changed.</exception>
    public void Grow(int rows, int used)
    {
        List<(string Past, string Present, long[] Shape, OrtValue Read, OrtValue Written)> grown = [];
        try
        {
            for (int layer = 0; layer < network.Layers.Count; layer++)
            {
                for (int i = 0; i < network.Layers[layer].States.Count; i++)
                {
                    long[] shape = network.Layers[layer].States[i];
                    OrtValue read = Allocate([rows, .. shape]);
                    grown.Add((GraphNames.PastState(layer, i), GraphNames.PresentState(layer, i), shape, read, read));
                    grown[^1] = grown[^1] with { Written = Allocate([rows, .. shape]) };
                    if (used > 0)
                    {
                        float[] held = new float[used * Size(shape)];
                        memory.Read(_buffers[grown.Count - 1].Read, 0, held);
                        memory.Write(read, TensorElementType.Float, 0, held);
                    }
                }
            }
        }
        catch (OnnxRuntimeException e)
        {
            Free(grown);
            throw new UnavailableException($"There is no memory for the states of {rows} sequences: {e.Message}", innerException: e);
        }

        FreeViews();
        Free(_buffers);
        _buffers = grown;
    }

    /// <summary>Binds the first rows.</summary>
    public void Bind(OrtIoBinding binding, int rows)
    {
        FreeViews();
        foreach ((string past, string present, long[] shape, OrtValue read, OrtValue written) in _buffers)
        {
            binding.BindInput(past, View(read, shape, rows));
            binding.BindOutput(present, View(written, shape, rows));
        }
    }

    /// <summary>Takes what the last step wrote as the state.</summary>
    public void Advance(OrtIoBinding binding, int rows)
    {
        if (_buffers.Count == 0)
        {
            return;
        }

        for (int i = 0; i < _buffers.Count; i++)
        {
            _buffers[i] = _buffers[i] with { Read = _buffers[i].Written, Written = _buffers[i].Read };
        }

        Bind(binding, rows);
    }

    /// <summary>Copies a row out, one buffer after the other.</summary>
    public void Read(int row, Span<float> state)
    {
        foreach ((_, _, long[] shape, OrtValue read, _) in _buffers)
        {
            int size = Size(shape);
            memory.Read(read, row * size, state[..size]);
            state = state[size..];
        }
    }

    /// <summary>Takes a row that <see cref="Read"/> or a session gave.</summary>
    public void Write(int row, ReadOnlySpan<float> state)
    {
        foreach ((_, _, long[] shape, OrtValue read, _) in _buffers)
        {
            int size = Size(shape);
            memory.Write(read, TensorElementType.Float, row * size, state[..size]);
            state = state[size..];
        }
    }

    /// <summary>Copies a row to another.</summary>
    public void Move(int from, int to)
    {
        foreach ((_, _, long[] shape, OrtValue read, _) in _buffers)
        {
            int size = Size(shape);
            float[] held = new float[size];
            memory.Read(read, from * size, held);
            memory.Write(read, TensorElementType.Float, to * size, held);
        }
    }

    public void Dispose()
    {
        FreeViews();
        Free(_buffers);
        _buffers = [];
    }

    private static int Size(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));

    private OrtValue Allocate(long[] shape) => memory.Allocate(TensorElementType.Float, shape);

    private static void Free(List<(string Past, string Present, long[] Shape, OrtValue Read, OrtValue Written)> buffers)
    {
        foreach ((_, _, _, OrtValue read, OrtValue written) in buffers)
        {
            read.Dispose();
            written.Dispose();
        }
    }

    private OrtValue View(OrtValue whole, long[] shape, int rows)
    {
        OrtValue view = memory.View(whole, TensorElementType.Float, [rows, .. shape]);
        _views.Add(view);
        return view;
    }

    private void FreeViews()
    {
        _views.ForEach(view => view.Dispose());
        _views.Clear();
    }
}
