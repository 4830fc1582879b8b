using Microsoft.ML.OnnxRuntime;
using Rag.Models.Graphs;

namespace Rag.Runtime.Sessions;

/// <summary>
/// The small inputs of one step and its logits, in pinned buffers that are bound once and written before every run.
/// </summary>
internal sealed class DecoderStep : IDisposable
{
    private readonly OrtIoBinding _binding;
    private readonly int _vocabulary;
    private readonly SizedValues<long> _ids;
    private readonly SizedValues<long>? _positions;
    private readonly SizedValues<long> _rows = new([], size => [size]);
    private readonly SizedValues<float> _logits;
    private readonly int[] _lastIndex = new int[1];
    private readonly int[] _totalLength = new int[1];
    private readonly OrtValue _lastIndexValue;
    private readonly OrtValue _totalLengthValue;
    private int _boundTokens;
    private int _boundRows;

    public DecoderStep(OrtIoBinding binding, bool positions, int mostTokens, int vocabulary)
    {
        _binding = binding;
        _vocabulary = vocabulary;
        _ids = new SizedValues<long>(new long[mostTokens], size => [1, size]);
        _positions = positions ? new SizedValues<long>(new long[mostTokens], size => [1, size]) : null;
        _logits = new SizedValues<float>([], size => [1, size, vocabulary]);
        _lastIndexValue = OrtValue.CreateTensorValueFromMemory(_lastIndex, [1]);
        _totalLengthValue = OrtValue.CreateTensorValueFromMemory(_totalLength, [1]);
        binding.BindInput(GraphNames.LastIndex, _lastIndexValue);
        binding.BindInput(GraphNames.TotalLength, _totalLengthValue);
    }

    /// <summary>The logits of the rows asked for, [rows, vocabulary].</summary>
    public ReadOnlySpan<float> Logits => _logits.Buffer.AsSpan(0, checked(_boundRows * _vocabulary));

    /// <summary>Prepares a step that appends tokens after <paramref name="past"/> others and computes the logits of the last rows.</summary>
    public void Prepare(ReadOnlySpan<int> tokens, int past, int rows)
    {
        BindTokens(tokens.Length);
        BindRows(rows);
        for (int i = 0; i < tokens.Length; i++)
        {
            _ids.Buffer[i] = tokens[i];
        }

        for (int i = 0; _positions is not null && i < tokens.Length; i++)
        {
            _positions.Buffer[i] = past + i;
        }

        for (int i = 0; i < rows; i++)
        {
            _rows.Buffer[i] = tokens.Length - rows + i;
        }

        _totalLength[0] = past + tokens.Length;
        _lastIndex[0] = past + tokens.Length - 1;
    }

    public void Dispose()
    {
        _lastIndexValue.Dispose();
        _totalLengthValue.Dispose();
        _ids.Dispose();
        _positions?.Dispose();
        _rows.Dispose();
        _logits.Dispose();
    }

    private void BindTokens(int tokens)
    {
        if (tokens == _boundTokens)
        {
            return;
        }

        _binding.BindInput(GraphNames.InputIds, _ids.Of(tokens));
        if (_positions is not null)
        {
            _binding.BindInput(GraphNames.PositionIds, _positions.Of(tokens));
        }

        _boundTokens = tokens;
    }

    private void BindRows(int rows)
    {
        if (rows == _boundRows)
        {
            return;
        }

        if (rows > _rows.Buffer.Length)
        {
            // A few more rows may be asked for next; one alone is what many sessions ever need.
            int room = rows == 1 ? 1 : checked(rows + ((1 - rows) & 7));
            _rows.Replace(new long[room]);
            _logits.Replace(new float[checked(room * _vocabulary)]);
        }

        _binding.BindInput(GraphNames.LogitRows, _rows.Of(rows));
        _binding.BindOutput(GraphNames.Logits, _logits.Of(rows));
        _boundRows = rows;
    }
}
