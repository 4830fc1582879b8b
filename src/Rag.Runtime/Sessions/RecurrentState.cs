using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>
/// What the layers of a sequence keep of all its tokens together. A step reads one set of buffers and writes the other, so
/// that a step that was ended half way leaves the state as it was.
/// </summary>
internal sealed class RecurrentState : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly List<(string Past, string Present, OrtValue Read, OrtValue Written)> _buffers = [];

    public RecurrentState(NetworkDescription network, OrtIoBinding binding)
    {
        _binding = binding;
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            for (int i = 0; i < network.Layers[layer].States.Count; i++)
            {
                long[] shape = [1, .. network.Layers[layer].States[i]];
                _buffers.Add((GraphNames.PastState(layer, i), GraphNames.PresentState(layer, i), Allocate(shape), Allocate(shape)));
            }
        }

        Bind();
    }

    /// <summary>Whether there is any: a sequence can then be rewound by computing it anew only.</summary>
    public bool Exists => _buffers.Count > 0;

    /// <summary>The state of the empty sequence.</summary>
    public void Clear()
    {
        foreach ((_, _, OrtValue read, _) in _buffers)
        {
            read.GetTensorMutableDataAsSpan<float>().Clear();
        }
    }

    /// <summary>Takes what the last step wrote as the state.</summary>
    public void Advance()
    {
        for (int i = 0; i < _buffers.Count; i++)
        {
            (string past, string present, OrtValue read, OrtValue written) = _buffers[i];
            _buffers[i] = (past, present, written, read);
        }

        Bind();
    }

    /// <summary>Copies the state out, one buffer after the other.</summary>
    public void Read(Span<float> state)
    {
        foreach ((_, _, OrtValue read, _) in _buffers)
        {
            ReadOnlySpan<float> held = read.GetTensorDataAsSpan<float>();
            held.CopyTo(state);
            state = state[held.Length..];
        }
    }

    /// <summary>Takes a state that <see cref="Read"/> gave.</summary>
    public void Write(ReadOnlySpan<float> state)
    {
        foreach ((_, _, OrtValue read, _) in _buffers)
        {
            Span<float> held = read.GetTensorMutableDataAsSpan<float>();
            state[..held.Length].CopyTo(held);
            state = state[held.Length..];
        }
    }

    /// <summary>Takes the state of another sequence of the same network.</summary>
    public void CopyFrom(RecurrentState other)
    {
        for (int i = 0; i < _buffers.Count; i++)
        {
            other._buffers[i].Read.GetTensorDataAsSpan<float>().CopyTo(_buffers[i].Read.GetTensorMutableDataAsSpan<float>());
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
        foreach ((_, _, OrtValue read, OrtValue written) in _buffers)
        {
            read.Dispose();
            written.Dispose();
        }
    }

    private void Bind()
    {
        foreach ((string past, string present, OrtValue read, OrtValue written) in _buffers)
        {
            _binding.BindInput(past, read);
            _binding.BindOutput(present, written);
        }
    }

    private static OrtValue Allocate(long[] shape) => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
}
