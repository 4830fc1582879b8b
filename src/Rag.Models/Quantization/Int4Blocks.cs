using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Quantization;

/// <summary>Tables as half a byte a value with one scale for 32 neighbours of a row.</summary>
internal static class Int4Blocks
{
    private const int Lowest = -8;
    private const int Highest = 7;

    // From a scale under which nothing is cut off to one that cuts a third off.
    private const int Steps = 14;
    private const float StepSize = .025f;

    /// <summary>The two tensors that stand for a table.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="values">Finite values, row by row.</param>
    /// <param name="columns">Values of a row, a multiple of 32.</param>
    /// <param name="advanced">Told after every row how many values it had; null for nobody.</param>
    public static TensorContent[] Quantize(string name, ReadOnlySpan<float> values, int columns, Action<int>? advanced = null)
    {
        int rows = values.Length / columns;
        byte[] numbers = new byte[values.Length / 2];
        byte[] scales = new byte[values.Length / QuantizedFormat.BlockSize * 2];
        for (int block = 0; block * QuantizedFormat.BlockSize < values.Length; block++)
        {
            ReadOnlySpan<float> from = values.Slice(block * QuantizedFormat.BlockSize, QuantizedFormat.BlockSize);
            Half scale = HalfBytes.Write(BestScale(from), scales, block);
            Span<byte> to = numbers.AsSpan(block * QuantizedFormat.BlockSize / 2, QuantizedFormat.BlockSize / 2);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = (byte)(Stored(from[2 * i], scale) | (Stored(from[(2 * i) + 1], scale) << 4));
            }

            if ((block + 1) * QuantizedFormat.BlockSize % columns == 0)
            {
                advanced?.Invoke(columns);
            }
        }

        return
        [
            new TensorContent(name, TensorDataType.UInt8, [rows, columns / 2], numbers),
            new TensorContent(QuantizedFormat.ScalesOf(name), TensorDataType.Float16, [rows, columns / QuantizedFormat.BlockSize], scales),
        ];
    }

    /// <summary>
    /// The scale with the least squared error among some: with so few levels it pays to cut the greatest value off a little where
    /// the others gain more by the finer steps, and to turn the signs round where that gives the greatest value the eighth level.
    /// </summary>
    internal static Half BestScale(ReadOnlySpan<float> values)
    {
        Half widest = QuantizationScale.Of(values, Highest);
        (Half best, float least) = (widest, Error(values, widest));
        for (int step = 0; step <= Steps && widest != Half.Zero; step++)
        {
            Half scale = (Half)((float)widest * (1 - (step * StepSize)));
            foreach (Half candidate in (ReadOnlySpan<Half>)[scale, -scale])
            {
                float error = Error(values, candidate);
                (best, least) = error < least ? (candidate, error) : (best, least);
            }
        }

        return best;
    }

    /// <summary>The squared error that a scale leaves.</summary>
    internal static float Error(ReadOnlySpan<float> values, Half scale)
    {
        float sum = 0;
        foreach (float value in values)
        {
            float difference = value - (QuantizationScale.Round(value, scale, Lowest, Highest) * (float)scale);
            sum += difference * difference;
        }

        return sum;
    }

    private static int Stored(float value, Half scale) => QuantizationScale.Round(value, scale, Lowest, Highest) + QuantizedFormat.Int4Zero;
}
