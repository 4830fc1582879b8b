namespace Rag.Models.Quantization;

/// <summary>Rounding to whole numbers around zero: value ≈ number * scale, scale = max|value| / levels where nothing is cut off.</summary>
internal static class QuantizationScale
{
    /// <summary>The scale of values up to a magnitude, in half precision; infinite where that cannot express it.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="levels">The greatest number, such as 127.</param>
    public static Half Of(ReadOnlySpan<float> values, int levels)
    {
        float most = 0;
        foreach (float value in values)
        {
            most = MathF.Max(most, MathF.Abs(value));
        }

        // Among subnormal numbers the nearest may be so much too small that the greatest value would be cut off.
        Half scale = (Half)(most / levels);
        return (float)scale * (levels + .5f) < most ? Half.BitIncrement(scale) : scale;
    }

    /// <summary>The number that stands for a value: rounded to the nearest, of two equally near to the even one.</summary>
    public static int Round(float value, Half scale, int lowest, int highest) =>
        scale == Half.Zero ? 0 : (int)Math.Clamp(MathF.Round(value / (float)scale), lowest, highest);
}
