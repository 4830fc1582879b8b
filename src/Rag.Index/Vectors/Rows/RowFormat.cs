using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rag.Index.Vectors.Rows;

/// <summary>
/// How a vector lies in memory: its values, padded with zeros to a multiple of 32 so that kernels need no remainder; below single
/// precision then two numbers, the value of one step and the squared length of what was rounded.
/// </summary>
/// <param name="Form">Length and metric.</param>
/// <param name="Precision">Bits of a value.</param>
internal readonly record struct RowFormat(VectorForm Form, VectorPrecision Precision)
{
    private const int Padding = 32;
    private const int TrailerLength = 2 * sizeof(float);

    /// <summary>Values of a row with its padding.</summary>
    public int Padded => (Form.Dimensions + Padding - 1) / Padding * Padding;

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride => Precision switch
    {
        VectorPrecision.Single => Padded * sizeof(float),
        VectorPrecision.Half => (Padded * sizeof(ushort)) + TrailerLength,
        _ => Padded + TrailerLength,
    };

    /// <summary>Writes a prepared vector as a row.</summary>
    public void Write(ReadOnlySpan<float> vector, Span<byte> row)
    {
        row = row[..Stride];
        row.Clear();
        if (Precision == VectorPrecision.Single)
        {
            vector.CopyTo(MemoryMarshal.Cast<byte, float>(row));
            return;
        }

        float largest = TensorPrimitives.MaxMagnitude(vector) is var signed ? Math.Abs(signed) : 0;
        float step = Precision == VectorPrecision.Half ? largest : largest / sbyte.MaxValue;

        // Vectors so short that a step would be no normal number count as zeros.
        step = float.IsNormal(step) ? step : 0;
        if (step > 0 && Precision == VectorPrecision.Half)
        {
            Span<Half> halves = MemoryMarshal.Cast<byte, Half>(row[..(Padded * sizeof(ushort))]);
            for (int i = 0; i < vector.Length; i++)
            {
                halves[i] = (Half)(vector[i] / step);
            }
        }
        else if (step > 0)
        {
            Span<sbyte> bytes = MemoryMarshal.Cast<byte, sbyte>(row);
            for (int i = 0; i < vector.Length; i++)
            {
                bytes[i] = (sbyte)Math.Clamp(MathF.Round(vector[i] / step), -sbyte.MaxValue, sbyte.MaxValue);
            }
        }

        Span<float> trailer = MemoryMarshal.Cast<byte, float>(row[^TrailerLength..]);
        trailer[0] = step;
        trailer[1] = SquaredLength(row, step);
    }

    // Of the rounded values, so that a vector's distance to itself is 0.
    private float SquaredLength(ReadOnlySpan<byte> row, float step)
    {
        double sum = 0;
        if (Precision == VectorPrecision.Half)
        {
            foreach (Half value in MemoryMarshal.Cast<byte, Half>(row[..(Padded * sizeof(ushort))]))
            {
                sum += (double)value * (double)value;
            }
        }
        else
        {
            foreach (sbyte value in MemoryMarshal.Cast<byte, sbyte>(row[..Padded]))
            {
                sum += value * value;
            }
        }

        return (float)(sum * step * step);
    }
}
