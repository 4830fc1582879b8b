namespace Rag.Models.Networks;

/// <summary>One layer: a block that mixes tokens, and an MLP, each with its norms.</summary>
internal sealed record LayerDescription
{
    public required ResidualForm Residual { get; init; }

    /// <summary>Before the mixer (after it and the sum in <see cref="ResidualForm.PostNorm"/>); null for none.</summary>
    public NormDescription? MixerNorm { get; init; }

    public required MixerDescription Mixer { get; init; }

    /// <summary>Of what the mixer gives, before it is added; null for none.</summary>
    public NormDescription? MixerOutputNorm { get; init; }

    /// <summary>Before the MLP (after it and the sum in <see cref="ResidualForm.PostNorm"/>); null for none.</summary>
    public NormDescription? MlpNorm { get; init; }

    public required FeedForwardDescription Mlp { get; init; }

    /// <summary>Of what the MLP gives, before it is added; null for none.</summary>
    public NormDescription? MlpOutputNorm { get; init; }

    /// <summary>What the outputs of both blocks are multiplied by before they are added.</summary>
    public float ResidualMultiplier { get; init; } = 1;
}
