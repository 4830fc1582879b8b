using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>The small inputs of one step of a batch and its logits, in pinned buffers that are bound when the number of rows changes.</summary>
internal sealed class BatchStep : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly bool _positions;
    private readonly int _vocabulary;
    private readonly int[] _totalLength = new int[1];
    private readonly List<OrtValue> _fixed = [];
    private readonly List<OrtValue> _values = [];
    private long[] _ids = [];
    private long[] _positionIds = [];
    private int[] _lastIndex = [];
    private float[] _logits = [];

    public BatchStep(OrtIoBinding binding, bool positions, int vocabulary)
    {
        (_binding, _positions, _vocabulary) = (binding, positions, vocabulary);
        Input(_fixed, GraphNames.TotalLength, _totalLength, [1]);
        Input(_fixed, GraphNames.LogitRows, new long[1], [1]);
    }

    /// <summary>Binds buffers for some rows.</summary>
    public void Bind(int rows)
    {
        Free(_values);
        if (rows > _ids.Length)
        {
            (_ids, _positionIds, _lastIndex, _logits) = (new long[rows], new long[rows], new int[rows], new float[checked(rows * _vocabulary)]);
        }

        Input(_values, GraphNames.InputIds, _ids, [rows, 1]);
        Input(_values, GraphNames.LastIndex, _lastIndex, [rows]);
        if (_positions)
        {
            Input(_values, GraphNames.PositionIds, _positionIds, [rows, 1]);
        }

        _values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _logits.AsMemory(), [rows, 1, _vocabulary]));
        _binding.BindOutput(GraphNames.Logits, _values[^1]);
    }

    /// <summary>Says which token a row runs, after how many others.</summary>
    public void Prepare(int row, int token, int past)
    {
        _totalLength[0] = row == 0 ? past + 1 : Math.Max(_totalLength[0], past + 1);
        (_ids[row], _positionIds[row], _lastIndex[row]) = (token, past, past);
    }

    /// <summary>The logits of a row.</summary>
    public ReadOnlySpan<float> Logits(int row) => _logits.AsSpan(row * _vocabulary, _vocabulary);

    public void Dispose()
    {
        Free(_values);
        Free(_fixed);
    }

    private static void Free(List<OrtValue> values)
    {
        values.ForEach(value => value.Dispose());
        values.Clear();
    }

    private void Input<T>(List<OrtValue> values, string name, T[] memory, long[] shape)
        where T : unmanaged
    {
        values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory.AsMemory(), shape));
        _binding.BindInput(name, values[^1]);
    }
}
