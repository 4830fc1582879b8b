namespace Rag.Models.Networks;

/// <summary>down(act(up x)), or down(act(gate x) * up x) where there is a gate.</summary>
internal sealed record MlpDescription : FeedForwardDescription
{
    public required ActivationKind Activation { get; init; }

    public LinearDescription? Gate { get; init; }

    /// <summary>What the gate is multiplied by before its nonlinearity.</summary>
    public float GateMultiplier { get; init; } = 1;

    public required LinearDescription Up { get; init; }

    public required LinearDescription Down { get; init; }
}
