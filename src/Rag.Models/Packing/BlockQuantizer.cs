using System.Runtime.Intrinsics;

namespace Rag.Models.Packing;

/// <summary>
/// Rounds a row to whole numbers around the middle of their range, with a scale for each block. With 8 bits the scale is
/// max|value| / 127. With 4 it is the one with the least squared error among some: with so few levels it pays to cut the greatest
/// value off a little, and to turn the signs round where that gives the greatest value the eighth level; the best is then fitted
/// to the numbers it gave (least squares).
/// </summary>
internal static class BlockQuantizer
{
    private const int MaxBlock = 256;

    // The least normal number: below it a reciprocal may be infinite.
    private const float LeastScale = 1.17549435e-38f;

    // From a scale under which nothing is cut off to one that cuts a third off.
    private const int Steps = 14;
    private const float StepSize = .025f;

    /// <summary>Quantises one row.</summary>
    /// <param name="row">Finite values.</param>
    /// <param name="form">How; without zeros.</param>
    /// <param name="numbers">Receives the blocks.</param>
    /// <param name="scales">Receives a scale for each.</param>
    public static void Quantize(ReadOnlySpan<float> row, PackedForm form, Span<byte> numbers, Span<float> scales)
    {
        Span<float> block = stackalloc float[MaxBlock];
        block = block[..form.BlockSize];
        for (int i = 0; i < scales.Length; i++)
        {
            ReadOnlySpan<float> from = row[(i * form.BlockSize)..];
            from = from[..Math.Min(form.BlockSize, from.Length)];
            from.CopyTo(block);
            block[from.Length..].Clear();
            scales[i] = form.Bits == 4 ? BestScale(block) : WidestScale(block, 127);
            Span<byte> to = numbers.Slice(i * form.BlockBytes, form.BlockBytes);
            if (form.Bits == 4)
            {
                Write4(block, scales[i], to);
            }
            else
            {
                Write8(block, scales[i], to);
            }
        }
    }

    /// <summary>The least scale under which no value is cut off.</summary>
    internal static float WidestScale(ReadOnlySpan<float> block, int levels)
    {
        float most = 0;
        foreach (float value in block)
        {
            most = MathF.Max(most, MathF.Abs(value));
        }

        return most / levels;
    }

    /// <summary>The scale of a block of 4 bits.</summary>
    internal static float BestScale(ReadOnlySpan<float> block)
    {
        float widest = WidestScale(block, 7);
        if (!(widest >= LeastScale))
        {
            return 0;
        }

        (float best, float least) = (widest, Error(block, widest));
        for (int step = 0; step <= Steps; step++)
        {
            float scale = widest * (1 - (step * StepSize));
            float error = Error(block, scale);
            (best, least) = error < least ? (scale, error) : (best, least);
            error = Error(block, -scale);
            (best, least) = error < least ? (-scale, error) : (best, least);
        }

        float fitted = Fitted(block, best);
        return Error(block, fitted) < least ? fitted : best;
    }

    /// <summary>The squared error that a scale leaves, with numbers from -8 to 7.</summary>
    internal static float Error(ReadOnlySpan<float> block, float scale)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        Vector256<float> step = Vector256.Create(scale);
        Vector256<float> inverse = Vector256.Create(1 / scale);
        for (int i = 0; i < block.Length; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Create(block[i..]);
            Vector256<float> difference = value - (Numbers(value, inverse) * step);
            sum += difference * difference;
        }

        return Vector256.Sum(sum);
    }

    // sum(value * number) / sum(number^2).
    private static float Fitted(ReadOnlySpan<float> block, float scale)
    {
        (Vector256<float> products, Vector256<float> squares) = (Vector256<float>.Zero, Vector256<float>.Zero);
        Vector256<float> inverse = Vector256.Create(1 / scale);
        for (int i = 0; i < block.Length; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Create(block[i..]);
            Vector256<float> number = Numbers(value, inverse);
            products += value * number;
            squares += number * number;
        }

        float total = Vector256.Sum(squares);
        return total > 0 ? Vector256.Sum(products) / total : scale;
    }

    private static Vector256<float> Numbers(Vector256<float> values, Vector256<float> inverse) =>
        Vector256.Min(Vector256.Max(Vector256.Round(values * inverse), Vector256.Create(-8f)), Vector256.Create(7f));

    private static void Write4(ReadOnlySpan<float> block, float scale, Span<byte> to)
    {
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < to.Length; i++)
        {
            int low = (int)Math.Clamp(MathF.Round(block[2 * i] * inverse), -8, 7) + 8;
            int high = (int)Math.Clamp(MathF.Round(block[(2 * i) + 1] * inverse), -8, 7) + 8;
            to[i] = (byte)(low | (high << 4));
        }
    }

    private static void Write8(ReadOnlySpan<float> block, float scale, Span<byte> to)
    {
        float inverse = scale < LeastScale ? 0 : 1 / scale;
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (byte)((int)Math.Clamp(MathF.Round(block[i] * inverse), -127, 127) + 128);
        }
    }
}
