namespace Rag.Models.Networks;

/// <summary>
/// A Mamba-2 block (arXiv 2405.21060, transformers modeling_mamba2.py): gate, x, b, c and dt from one projection; a short
/// convolution over x, b and c; then, for each head, the state h = exp(dt a) h + dt x b^T and the output y = h c + d x, gated.
/// </summary>
internal sealed record MambaDescription : MixerDescription
{
    public required int Heads { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>Sets of b and c, each shared by as many heads that follow each other.</summary>
    public required int Groups { get; init; }

    public required int StateSize { get; init; }

    /// <summary>Tokens that the convolution covers, the current one among them.</summary>
    public required int KernelLength { get; init; }

    /// <summary>To [gate + x + b + c + dt].</summary>
    public required LinearDescription Input { get; init; }

    /// <summary>What the five parts of the projection are multiplied by; null for 1.</summary>
    public float[]? InputParts { get; init; }

    /// <summary>[x + b + c, 1, kernel length].</summary>
    public required Weight Kernel { get; init; }

    public Weight? KernelBias { get; init; }

    /// <summary>[heads]; added to dt before its softplus.</summary>
    public required Weight TimeBias { get; init; }

    /// <summary>The least and the most that dt may be.</summary>
    public (float Least, float Most) TimeLimits { get; init; } = (0, float.PositiveInfinity);

    /// <summary>[heads]; the logarithm of -a.</summary>
    public required Weight Decay { get; init; }

    /// <summary>[heads]; the d of y.</summary>
    public required Weight Skip { get; init; }

    /// <summary>Of the output; null for none.</summary>
    public NormDescription? Norm { get; init; }

    /// <summary>Equal parts of the output that are normalised each by itself.</summary>
    public int NormGroups { get; init; } = 1;

    /// <summary>Whether the norm comes before the gate.</summary>
    public bool NormBeforeGate { get; init; }

    /// <summary>The width of x and of the gate.</summary>
    public int Inner => Heads * HeadSize;

    /// <summary>The width of what the convolution covers.</summary>
    public int Channels => Inner + (2 * Groups * StateSize);

    public override CacheDescription? Cache => null;

    /// <summary>The last inputs of the convolution, and the heads' states.</summary>
    public override IReadOnlyList<long[]> States => [[KernelLength - 1, Channels], [Groups, Heads / Groups, HeadSize, StateSize]];
}
