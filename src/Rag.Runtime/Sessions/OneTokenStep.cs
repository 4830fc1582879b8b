using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The session for one token of one sequence, over the cache of the session for many: its inputs lie in buffers that are bound once,
/// and its mask is changed where the length did.
/// </summary>
internal sealed class OneTokenStep : IDisposable
{
    private readonly InferenceSession _session;
    private readonly long[] _id = new long[1];
    private readonly long[] _position = new long[1];
    private readonly float[] _logits;
    private readonly OrtValue[] _values;
    private float[] _mask = [];
    private OrtValue? _maskValue;

    // The rows that the mask lets through.
    private int _open;

    public OneTokenStep(InferenceSession session, int vocabulary)
    {
        _session = session;
        _logits = new float[vocabulary];
        Binding = session.CreateIoBinding();
        OrtValue id = OrtValue.CreateTensorValueFromMemory(_id, [1, 1]);
        OrtValue row = OrtValue.CreateTensorValueFromMemory([0L], [1]);
        OrtValue logits = OrtValue.CreateTensorValueFromMemory(_logits, [1, 1, vocabulary]);
        Binding.BindInput(GraphNames.InputIds, id);
        Binding.BindInput(GraphNames.LogitRows, row);
        Binding.BindOutput(GraphNames.Logits, logits);
        OrtValue position = OrtValue.CreateTensorValueFromMemory(_position, [1, 1]);
        Binding.BindInput(GraphNames.PositionIds, position);
        _values = [id, row, logits, position];
    }

    /// <summary>What the cache, the rotary tables and an adapter are bound to as well.</summary>
    public OrtIoBinding Binding { get; }

    /// <summary>The logits of the last run.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>Makes the mask as long as the cache.</summary>
    public void Resize(int capacity)
    {
        _mask = new float[capacity];
        _mask.AsSpan().Fill(float.NegativeInfinity);
        _open = 0;
        _maskValue?.Dispose();
        _maskValue = OrtValue.CreateTensorValueFromMemory(_mask, [1, 1, 1, capacity]);
        Binding.BindInput(GraphNames.StepMask, _maskValue);
    }

    /// <summary>Appends a token after <paramref name="past"/> others.</summary>
    public void Run(RunOptions options, int token, int past)
    {
        (_id[0], _position[0]) = (token, past);
        if (past + 1 >= _open)
        {
            _mask.AsSpan(_open, past + 1 - _open).Clear();
        }
        else
        {
            _mask.AsSpan(past + 1, _open - past - 1).Fill(float.NegativeInfinity);
        }

        _open = past + 1;
        _session.RunWithBinding(options, Binding);
    }

    public void Dispose()
    {
        Binding.Dispose();
        _maskValue?.Dispose();
        foreach (OrtValue value in _values)
        {
            value.Dispose();
        }
    }
}
