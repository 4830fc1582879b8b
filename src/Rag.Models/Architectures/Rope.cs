using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>
/// Inverse frequencies from rotary settings; formulas of transformers' modeling_rope_utils.py. They are computed in
/// double precision and rounded once to single, which is what the reference keeps.
/// </summary>
internal static class Rope
{
    public static RopeDescription Describe(RopeConfiguration rope, int headSize, string path, bool interleaved = false)
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

        RopeScaling scaling = new(rope, path);
        return (rope.Type switch
        {
            "default" => Plain(inverse),
            "linear" => Plain(RopeScaling.Divided(inverse, scaling.Setting("factor"))),
            "llama3" => Plain(scaling.Llama3(inverse)),
            "dynamic" => scaling.Dynamic(inverse),
            "yarn" => scaling.Yarn(inverse),
            "longrope" or "su" => scaling.Long(inverse),
            _ => throw new UnsupportedException($"{path}: the rotary scaling '{rope.Type}' is not supported; default, linear, dynamic, yarn, longrope and llama3 are.", path),
        }) with { Interleaved = interleaved };
    }

    /// <summary>Inverse frequencies as a network holds them.</summary>
    public static RopeDescription Plain(double[] inverse) => new() { InverseFrequencies = Singles(inverse) };

    public static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);

    /// <summary>yarn's factor for scores and for cosine and sine: 0.1 * weight * ln(factor) + 1.</summary>
    public static double YarnScale(double factor, double weight) => factor <= 1 ? 1 : (0.1 * weight * Math.Log(factor)) + 1;
}
