using System.Text.Json;
using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>
/// Inverse frequencies from rotary settings; formulas of transformers' modeling_rope_utils.py. They are computed in
/// double precision and rounded once to single, which is what the reference keeps.
/// </summary>
internal static class Rope
{
    public static RopeDescription Describe(RopeConfiguration rope, int headSize, string path)
    {
        int pairs = (int)(headSize * rope.PartialRotaryFactor) / 2;
        if (pairs < 1 || pairs > headSize / 2)
        {
            throw new CorruptException($"{path}: 'partial_rotary_factor' {rope.PartialRotaryFactor} does not fit heads of {headSize}.", path);
        }

        double[] inverse = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            inverse[i] = Math.Pow(rope.Theta, -(double)i / pairs);
        }

        switch (rope.Type)
        {
            case "default":
                break;
            case "linear":
                Divide(inverse, Setting(rope, "factor", path));
                break;
            case "llama3":
                Llama3(inverse, rope, path);
                break;
            case "longrope" when SameDivisors(rope, pairs) is { } divisors:
                for (int i = 0; i < pairs; i++)
                {
                    inverse[i] /= divisors[i];
                }

                break;
            default:
                throw new UnsupportedException($"{path}: the rotary scaling '{rope.Type}' is not supported; default, linear and llama3 are.", path);
        }

        return new RopeDescription { InverseFrequencies = Array.ConvertAll(inverse, value => (float)value) };
    }

    // LongRoPE whose divisors are the same for short and long texts and whose attention is not rescaled, as GGUF states Llama 3's.
    private static double[]? SameDivisors(RopeConfiguration rope, int pairs)
    {
        JsonElement settings = rope.Settings!.Root;
        return settings.TryGetProperty("short_factor", out JsonElement brief) && settings.TryGetProperty("long_factor", out JsonElement wide) &&
            brief.ValueKind == JsonValueKind.Array && brief.GetArrayLength() == pairs && JsonElement.DeepEquals(brief, wide) &&
            rope.Settings.OptionalDouble("attention_factor") == 1 && brief.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number && value.GetDouble() > 0)
            ? [.. brief.EnumerateArray().Select(value => value.GetDouble())]
            : null;
    }

    private static void Divide(double[] inverse, double factor)
    {
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[i] /= factor;
        }
    }

    // Long waves are slowed by the factor, short ones kept, those between blended by how often they turn in the original length.
    private static void Llama3(double[] inverse, RopeConfiguration rope, string path)
    {
        double factor = Setting(rope, "factor", path);
        double low = Setting(rope, "low_freq_factor", path);
        double high = Setting(rope, "high_freq_factor", path);
        double original = Setting(rope, "original_max_position_embeddings", path);
        for (int i = 0; i < inverse.Length; i++)
        {
            double wavelength = 2 * Math.PI / inverse[i];
            double smooth = Math.Clamp(((original / wavelength) - low) / (high - low), 0, 1);
            inverse[i] = wavelength > original / low
                ? inverse[i] / factor
                : wavelength < original / high ? inverse[i] : ((1 - smooth) * inverse[i] / factor) + (smooth * inverse[i]);
        }
    }

    private static double Setting(RopeConfiguration rope, string key, string path)
    {
        double value = rope.Settings!.RequireDouble(key);
        return value > 0 ? value : throw new CorruptException($"{path}: the rotary setting '{key}' must be above 0.", path);
    }
}
