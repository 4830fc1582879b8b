namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// What each byte stands for in the one-byte types: E4M3 and E5M2 of "FP8 Formats for Deep Learning" (arXiv 2209.05433), E8M0 and
/// the four-bit E2M1 of OCP Microscaling Formats 1.0.
/// </summary>
internal static class SmallFloats
{
    private static readonly float[] E4M3Values = Table(ToE4M3);
    private static readonly float[] E5M2Values = Table(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8)));
    private static readonly float[] E8M0Values = Table(bits => bits == 255 ? float.NaN : MathF.ScaleB(1, bits - 127));
    private static readonly float[] SignedValues = Table(bits => (sbyte)bits);
    private static readonly float[] UnsignedValues = Table(bits => bits);

    /// <summary>Sign, four bits of exponent (bias 7), three of fraction; no infinity, and NaN where all other bits are set.</summary>
    public static ReadOnlySpan<float> E4M3 => E4M3Values;

    /// <summary>Sign, five bits of exponent, two of fraction: the upper half of an F16.</summary>
    public static ReadOnlySpan<float> E5M2 => E5M2Values;

    /// <summary>2^(bits - 127); 255 is NaN.</summary>
    public static ReadOnlySpan<float> E8M0 => E8M0Values;

    public static ReadOnlySpan<float> Signed => SignedValues;

    public static ReadOnlySpan<float> Unsigned => UnsignedValues;

    /// <summary>Sign, two bits of exponent (bias 1), one of fraction: 0, .5, 1, 1.5, 2, 3, 4, 6.</summary>
    public static float E2M1(int bits)
    {
        (int exponent, int fraction) = ((bits >> 1) & 3, bits & 1);
        float magnitude = exponent == 0 ? fraction * .5f : MathF.ScaleB(1 + (fraction * .5f), exponent - 1);
        return (bits & 8) == 0 ? magnitude : -magnitude;
    }

    private static float ToE4M3(int bits)
    {
        (int exponent, int fraction) = ((bits >> 3) & 15, bits & 7);
        float magnitude = (bits & 127) == 127 ? float.NaN
            : exponent == 0 ? MathF.ScaleB(fraction, -9)
            : MathF.ScaleB(1 + (fraction / 8f), exponent - 7);
        return (bits & 128) == 0 ? magnitude : -magnitude;
    }

    private static float[] Table(Func<int, float> value) => [.. Enumerable.Range(0, 256).Select(value)];
}
