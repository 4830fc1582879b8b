using System.Numerics;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>Points of a codebook with signs and a scale.</summary>
internal static class SignedPoints
{
    /// <summary>Writes a point's values times a scale, each negative where its bit of <paramref name="signs"/> is set.</summary>
    public static void Write(ReadOnlySpan<sbyte> point, int signs, float scale, Span<float> values)
    {
        for (int i = 0; i < point.Length; i++)
        {
            float value = scale * point[i];
            values[i] = (signs >> i & 1) == 0 ? value : -value;
        }
    }

    /// <summary>Eight signs from seven bits: the eighth makes the number of negative ones even.</summary>
    public static int Even(uint seven) => (int)(seven & 127) | ((BitOperations.PopCount(seven & 127) & 1) << 7);
}
