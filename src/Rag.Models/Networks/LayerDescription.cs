namespace Rag.Models.Networks;

/// <summary>One layer: a block that mixes tokens, and an MLP, each with its norms.</summary>
internal sealed record LayerDescription
{
    public required ResidualForm Residual { get; init; }

    /// <summary>Before the mixer (after it and the sum in <see cref="ResidualForm.PostNorm"/>); null for none.</summary>
    public NormDescription? MixerNorm { get; init; }

    public required MixerDescription Mixer { get; init; }

    /// <summary>A second mixer that reads what the first reads, and adds to what it gives; null for none.</summary>
    public MixerDescription? SecondMixer { get; init; }

    /// <summary>Of what the mixer gives, before it is added; null for none.</summary>
    public NormDescription? MixerOutputNorm { get; init; }

    /// <summary>Before the MLP (after it and the sum in <see cref="ResidualForm.PostNorm"/>); null for none.</summary>
    public NormDescription? MlpNorm { get; init; }

    /// <summary>Null where the layer is its mixer alone.</summary>
    public required FeedForwardDescription? Mlp { get; init; }

    /// <summary>Of what the MLP gives, before it is added; null for none.</summary>
    public NormDescription? MlpOutputNorm { get; init; }

    /// <summary>What the outputs of both blocks are multiplied by before they are added.</summary>
    public float ResidualMultiplier { get; init; } = 1;

    /// <summary>What a decoder keeps of each token for this layer; null for nothing. At most one mixer keeps any.</summary>
    public CacheDescription? Cache => Mixer.Cache ?? SecondMixer?.Cache;

    /// <summary>The shapes of what a decoder keeps of all tokens together; see <see cref="MixerDescription.States"/>.</summary>
    public IReadOnlyList<long[]> States => Mixer.States.Count > 0 ? Mixer.States : SecondMixer?.States ?? [];
}
