using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation.Beams;

/// <summary>How a beam search runs; the names in brackets are those of transformers.</summary>
public sealed class BeamSearchOptions
{
    /// <summary>The most beams that <see cref="Validate"/> takes.</summary>
    public const int MaxBeams = 256;

    /// <summary>How many sequences are followed at a time; 4 by default [num_beams].</summary>
    public int Beams { get; set; } = 4;

    /// <summary>How many of the best are returned; null (default) for as many as beams [num_return_sequences].</summary>
    public int? Returned { get; set; }

    /// <summary>The most tokens of output; 64 by default [max_new_tokens].</summary>
    public int MaxOutputTokens { get; set; } = 64;

    /// <summary>The power of the length that scores are divided by: above 0 favours long sequences, below 0 short ones; 1 by default [length_penalty].</summary>
    public float LengthPenalty { get; set; } = 1;

    /// <summary>When it ends early; <see cref="BeamStopping.Estimated"/> by default [early_stopping].</summary>
    public BeamStopping Stopping { get; set; }

    /// <summary>The tokens that end a sequence; none by default [eos_token_id].</summary>
    public IReadOnlyCollection<int> StopTokens { get; set; } = [];

    /// <summary>
    /// The rules that look at tokens, applied to log-probabilities; nothing is drawn, so temperature and truncations are not used. None by default.
    /// </summary>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>The most KV caches; 1 by default. With one per beam no token is run twice but for the prompt, which each new cache runs again.</summary>
    public int MaxSessions { get; set; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Range(Beams, 1, MaxBeams, nameof(Beams));
        Range(Returned ?? 1, 1, Beams, nameof(Returned));
        Range(MaxOutputTokens, 1, int.MaxValue, nameof(MaxOutputTokens));
        Range(MaxSessions, 1, MaxBeams, nameof(MaxSessions));
        if (!float.IsFinite(LengthPenalty) || !Enum.IsDefined(Stopping))
        {
            throw new ArgumentException($"{nameof(LengthPenalty)} must be finite and {nameof(Stopping)} one of the kinds.");
        }

        Sampling.Validate();
    }

    private static void Range(int value, int low, int high, string name)
    {
        if (value < low || value > high)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {low} to {high}.");
        }
    }
}
