namespace Rag.Models.Networks;

/// <summary>
/// Rotary positions: the pair i of a head's first 2n dimensions turns by position times InverseFrequencies[i]. Pairs are
/// (i, i + n), or (2i, 2i + 1) where interleaved. Cosine and sine are multiplied by a factor that some scalings ask for.
/// </summary>
internal sealed record RopeDescription
{
    public required float[] InverseFrequencies { get; init; }

    public float Multiplier { get; init; } = 1;

    public bool Interleaved { get; init; }

    /// <summary>What changes once a sequence is longer than some length; null where positions turn alike in every sequence.</summary>
    public RopeStretch? Stretch { get; init; }
}
