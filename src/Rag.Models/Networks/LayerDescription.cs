namespace Rag.Models.Networks;

/// <summary>One transformer layer: attention and MLP with their norms.</summary>
internal sealed record LayerDescription
{
    public required ResidualForm Residual { get; init; }

    public required NormDescription AttentionNorm { get; init; }

    public required AttentionDescription Attention { get; init; }

    public required NormDescription MlpNorm { get; init; }

    public required MlpDescription Mlp { get; init; }
}
