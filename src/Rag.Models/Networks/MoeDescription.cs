namespace Rag.Models.Networks;

/// <summary>
/// A mixture of experts: the sum of what the chosen experts, each down(act(gate x) * up x), give, weighed by the router, and
/// of a shared expert where there is one. Experts are listed one by one, or as one tensor with their rows one after another.
/// </summary>
internal sealed record MoeDescription : FeedForwardDescription
{
    public required RouterDescription Router { get; init; }

    public required int Experts { get; init; }

    /// <summary>The width between gate and down.</summary>
    public required int Width { get; init; }

    /// <summary>[width, hidden] for each expert.</summary>
    public required IReadOnlyList<LinearDescription> Gate { get; init; }

    /// <summary>[width, hidden] for each expert.</summary>
    public required IReadOnlyList<LinearDescription> Up { get; init; }

    /// <summary>[hidden, width] for each expert.</summary>
    public required IReadOnlyList<LinearDescription> Down { get; init; }

    /// <summary>The a of gate * sigmoid(a * gate).</summary>
    public float Slope { get; init; } = 1;

    /// <summary>What is added to up x before the product.</summary>
    public float UpOffset { get; init; }

    /// <summary>Gates are cut off above it, and the others above it and below its negative; null for no limit.</summary>
    public float? Limit { get; init; }

    /// <summary>The expert that every token passes through.</summary>
    public MlpDescription? Shared { get; init; }

    /// <summary>[1, hidden]; its sigmoid weighs the shared expert. Null for a weight of 1.</summary>
    public LinearDescription? SharedGate { get; init; }
}
