namespace Rag.Models.Networks;

/// <summary>A normalisation over the last dimension. A weight of two dimensions has a row for each head.</summary>
internal sealed record NormDescription(NormKind Kind, Weight Weight, Weight? Bias, float Epsilon)
{
    /// <summary>The weights of the heads, each its own tensor, that take the place of <see cref="Weight"/>; null where it is one tensor.</summary>
    public IReadOnlyList<Weight>? HeadWeights { get; init; }

    /// <summary>What is added to the stored weight: 1 where a family stores how far it is from 1.</summary>
    public float Offset { get; init; }
}
