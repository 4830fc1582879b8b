using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// What the layers of a sequence keep of all its tokens together. A step reads one set of buffers and writes the other, so
/// that a step that was ended half way leaves the state as it was.
/// </summary>
internal sealed class RecurrentState : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly IDecoderMemory _memory;
    private readonly List<(string Past, string Present, int Size, OrtValue Read, OrtValue Written)> _buffers = [];

    public RecurrentState(NetworkDescription network, OrtIoBinding binding, IDecoderMemory memory)
    {
        _memory = memory;
        _binding = binding;
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            for (int i = 0; i < network.Layers[layer].States.Count; i++)
            {
                long[] shape = [1, .. network.Layers[layer].States[i]];
                int size = checked((int)shape.Aggregate(1L, (product, length) => product * length));
                _buffers.Add((GraphNames.PastState(layer, i), GraphNames.PresentState(layer, i), size, Allocate(shape), Allocate(shape)));
            }
        }

        Bind();
    }

    /// <summary>Whether there is any: a sequence can then be rewound by computing it anew only.</summary>
    public bool Exists => _buffers.Count > 0;

    /// <summary>The state of the empty sequence.</summary>
    public void Clear()
    {
        foreach ((_, _, int size, OrtValue read, _) in _buffers)
        {
            _memory.Write(read, TensorElementType.Float, 0, new float[size]);
        }
    }

    /// <summary>Takes what the last step wrote as the state.</summary>
    public void Advance()
    {
        for (int i = 0; i < _buffers.Count; i++)
        {
            (string past, string present, int size, OrtValue read, OrtValue written) = _buffers[i];
            _buffers[i] = (past, present, size, written, read);
        }

        Bind();
    }

    /// <summary>Copies the state out, one buffer after the other.</summary>
    public void Read(Span<float> state)
    {
        foreach ((_, _, int size, OrtValue read, _) in _buffers)
        {
            _memory.Read(read, 0, state[..size]);
            state = state[size..];
        }
    }

    /// <summary>Takes a state that <see cref="Read"/> gave.</summary>
    public void Write(ReadOnlySpan<float> state)
    {
        foreach ((_, _, int size, OrtValue read, _) in _buffers)
        {
            _memory.Write(read, TensorElementType.Float, 0, state[..size]);
            state = state[size..];
        }
    }

    /// <summary>Takes the state of another sequence of the same network.</summary>
    public void CopyFrom(RecurrentState other)
    {
        for (int i = 0; i < _buffers.Count; i++)
        {
            float[] held = new float[_buffers[i].Size];
            _memory.Read(other._buffers[i].Read, 0, held);
            _memory.Write(_buffers[i].Read, TensorElementType.Float, 0, held);
        }
    }

    /// <summary>Shows the whole state, where there is any.</summary>
    public void Lend(CacheLayout layout, Action<ReadOnlySpan<float>> take)
    {
        if (Exists)
        {
            float[] numbers = new float[layout.StateFloats];
            Read(numbers);
            take(numbers);
        }
    }

    /// <summary>Takes a whole state, where there is any.</summary>
    public void Fill(CacheLayout layout, Action<Span<float>> give)
    {
        if (Exists)
        {
            float[] numbers = new float[layout.StateFloats];
            give(numbers);
            Write(numbers);
        }
    }

    public void Dispose()
    {
        foreach ((_, _, _, OrtValue read, OrtValue written) in _buffers)
        {
            read.Dispose();
            written.Dispose();
        }
    }

    private void Bind()
    {
        foreach ((string past, string present, _, OrtValue read, OrtValue written) in _buffers)
        {
            _binding.BindInput(past, read);
            _binding.BindOutput(present, written);
        }
    }

    private OrtValue Allocate(long[] shape) => _memory.Allocate(TensorElementType.Float, shape);
}
