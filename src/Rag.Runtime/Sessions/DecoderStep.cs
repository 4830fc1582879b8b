using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The small inputs of one step and its logits, in pinned buffers that are bound once and written before every run.
/// </summary>
internal sealed class DecoderStep : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly bool _positions;
    private readonly int _vocabulary;
    private readonly long[] _positionIds;
    private readonly long[] _ids;
    private readonly int[] _lastIndex = new int[1];
    private readonly int[] _totalLength = new int[1];
    private readonly OrtValue _lastIndexValue;
    private readonly OrtValue _totalLengthValue;
    private long[] _rows = [];
    private float[] _logits = [];
    private OrtValue? _idsValue;
    private OrtValue? _positionIdsValue;
    private OrtValue? _rowsValue;
    private OrtValue? _logitsValue;
    private int _boundTokens;
    private int _boundRows;

    public DecoderStep(OrtIoBinding binding, bool positions, int mostTokens, int vocabulary)
    {
        _binding = binding;
        _positions = positions;
        _vocabulary = vocabulary;
        _ids = new long[mostTokens];
        _positionIds = positions ? new long[mostTokens] : [];
        _lastIndexValue = OrtValue.CreateTensorValueFromMemory(_lastIndex, [1]);
        _totalLengthValue = OrtValue.CreateTensorValueFromMemory(_totalLength, [1]);
        binding.BindInput(GraphNames.LastIndex, _lastIndexValue);
        binding.BindInput(GraphNames.TotalLength, _totalLengthValue);
    }

    /// <summary>The logits of the rows asked for, [rows, vocabulary].</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, checked(_boundRows * _vocabulary));

    /// <summary>Prepares a step that appends tokens after <paramref name="past"/> others and computes the logits of the last rows.</summary>
    public void Prepare(ReadOnlySpan<int> tokens, int past, int rows)
    {
        BindTokens(tokens.Length);
        BindRows(rows);
        for (int i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
        }

        for (int i = 0; _positions && i < tokens.Length; i++)
        {
            _positionIds[i] = past + i;
        }

        for (int i = 0; i < rows; i++)
        {
            _rows[i] = tokens.Length - rows + i;
        }

        _totalLength[0] = past + tokens.Length;
        _lastIndex[0] = past + tokens.Length - 1;
    }

    public void Dispose()
    {
        _lastIndexValue.Dispose();
        _totalLengthValue.Dispose();
        _idsValue?.Dispose();
        _positionIdsValue?.Dispose();
        _rowsValue?.Dispose();
        _logitsValue?.Dispose();
    }

    private void BindTokens(int tokens)
    {
        if (tokens == _boundTokens)
        {
            return;
        }

        Replace(ref _idsValue, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _ids.AsMemory(), [1, tokens]));
        _binding.BindInput(GraphNames.InputIds, _idsValue);
        if (_positions)
        {
            Replace(ref _positionIdsValue, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _positionIds.AsMemory(), [1, tokens]));
            _binding.BindInput(GraphNames.PositionIds, _positionIdsValue);
        }

        _boundTokens = tokens;
    }

    private void BindRows(int rows)
    {
        if (rows == _boundRows)
        {
            return;
        }

        if (rows > _rows.Length)
        {
            _rows = new long[rows];
            _logits = new float[checked(rows * _vocabulary)];
        }

        Replace(ref _rowsValue, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _rows.AsMemory(), [rows]));
        Replace(ref _logitsValue, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _logits.AsMemory(), [1, rows, _vocabulary]));
        _binding.BindInput(GraphNames.LogitRows, _rowsValue);
        _binding.BindOutput(GraphNames.Logits, _logitsValue);
        _boundRows = rows;
    }

    private static void Replace(ref OrtValue? held, OrtValue value)
    {
        held?.Dispose();
        held = value;
    }
}
