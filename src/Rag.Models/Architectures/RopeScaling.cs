using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The rescalings of rotary frequencies, by the names that configurations give them (transformers modeling_rope_utils.py).</summary>
internal sealed class RopeScaling(RopeConfiguration rope, string path)
{
    /// <summary>A setting of the rescaling, which must be there and above 0.</summary>
    public double Setting(string key)
    {
        double value = rope.Settings!.RequireDouble(key);
        return value > 0 ? value : throw new CorruptException($"{path}: the rotary setting '{key}' must be above 0.", path);
    }

    public static double[] Divided(double[] inverse, double factor) => Array.ConvertAll(inverse, value => value / factor);

    /// <summary>Long waves are slowed by the factor, short ones kept, those between blended by how often they turn in the original length.</summary>
    public double[] Llama3(double[] inverse)
    {
        double factor = Setting("factor");
        double low = Setting("low_freq_factor");
        double high = Setting("high_freq_factor");
        double original = Setting("original_max_position_embeddings");
        return Array.ConvertAll(inverse, value =>
        {
            double wavelength = 2 * Math.PI / value;
            double smooth = Math.Clamp(((original / wavelength) - low) / (high - low), 0, 1);
            return wavelength > original / low
                ? value / factor
                : wavelength < original / high ? value : ((1 - smooth) * value / factor) + (smooth * value);
        });
    }

    /// <summary>The base grows with each token past the original length.</summary>
    public RopeDescription Dynamic(double[] inverse) => Rope.Plain(inverse) with
    {
        Stretch = new DynamicRopeStretch(rope.OriginalPositions ?? RequiredPositions(), rope.Theta, Setting("factor"), inverse.Length),
    };

    /// <summary>YaRN (arXiv 2309.00071): a ramp from the frequencies as they are to those divided by the factor.</summary>
    public RopeDescription Yarn(double[] inverse)
    {
        ModelConfiguration settings = rope.Settings!;
        double original = rope.OriginalPositions ?? RequiredPositions();
        double factor = settings.Has("factor") ? Setting("factor") : RequiredPositions() / original;
        int dimensions = 2 * inverse.Length;
        double Correction(double turns) => dimensions * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
        double low = Correction(settings.Double("beta_fast", 32));
        double high = Correction(settings.Double("beta_slow", 1));
        if (settings.Boolean("truncate", absent: true))
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, dimensions - 1));
        high = low == high ? high + 0.001 : high;
        double[] blended = new double[inverse.Length];
        for (int i = 0; i < inverse.Length; i++)
        {
            double ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            blended[i] = (inverse[i] / factor * ramp) + (inverse[i] * (1 - ramp));
        }

        return Rope.Plain(blended) with { Multiplier = (float)YarnMultiplier(settings, factor) };
    }

    /// <summary>LongRoPE: one divisor for each pair, other ones once the sequence is longer than the original length.</summary>
    public RopeDescription Long(double[] inverse)
    {
        int original = rope.OriginalPositions ?? RequiredPositions();
        double factor = rope.MaxPositions is { } positions ? (double)positions / original : Setting("factor");
        double multiplier = rope.Settings!.OptionalDouble("attention_factor") ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original))));
        (double[] brief, double[] wide) = (Divided(inverse, "short_factor"), Divided(inverse, "long_factor"));
        return Rope.Plain(brief) with
        {
            Multiplier = (float)multiplier,
            Stretch = brief.SequenceEqual(wide) ? null : new LongRopeStretch(original, Rope.Singles(wide)),
        };
    }

    private double[] Divided(double[] inverse, string key)
    {
        IReadOnlyList<double>? factors = rope.Settings!.Doubles(key);
        return factors is not null && factors.Count == inverse.Length && factors.All(factor => factor > 0)
            ? [.. inverse.Zip(factors, (value, factor) => value / factor)]
            : throw new CorruptException($"{path}: the rotary setting '{key}' must have {inverse.Length} numbers above 0.", path);
    }

    private static double YarnMultiplier(ModelConfiguration settings, double factor)
    {
        (double scale, double all) = (settings.Double("mscale", 0), settings.Double("mscale_all_dim", 0));
        return settings.OptionalDouble("attention_factor")
            ?? (scale != 0 && all != 0 ? Rope.YarnScale(factor, scale) / Rope.YarnScale(factor, all) : Rope.YarnScale(factor, 1));
    }

    private int RequiredPositions() => rope.MaxPositions ?? throw new CorruptException($"{path} lacks the key 'max_position_embeddings'.", path);
}
