using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Quantization;

/// <summary>Matrices as one byte a value with one scale a row.</summary>
internal static class Int8Rows
{
    private const int Levels = 127;

    /// <summary>The two tensors that stand for a matrix.</summary>
    /// <param name="name">The matrix's name.</param>
    /// <param name="values">Finite values, row by row.</param>
    /// <param name="columns">Values of a row.</param>
    /// <param name="advanced">Told after every row how many values it had; null for nobody.</param>
    public static TensorContent[] Quantize(string name, ReadOnlySpan<float> values, int columns, Action<int>? advanced = null)
    {
        int rows = values.Length / columns;
        byte[] numbers = new byte[values.Length];
        byte[] scales = new byte[rows * 2];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = values.Slice(row * columns, columns);
            Half scale = HalfBytes.Write(QuantizationScale.Of(from, Levels), scales, row);
            Span<sbyte> to = MemoryMarshal.Cast<byte, sbyte>(numbers.AsSpan(row * columns, columns));
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = (sbyte)QuantizationScale.Round(from[i], scale, -Levels, Levels);
            }

            advanced?.Invoke(columns);
        }

        return
        [
            new TensorContent(name, TensorDataType.Int8, [rows, columns], numbers),
            new TensorContent(QuantizedFormat.ScalesOf(name), TensorDataType.Float16, [rows], scales),
        ];
    }
}
