namespace Rag.Models.Networks;

/// <summary>The block of a layer that works on each token alone.</summary>
internal abstract record FeedForwardDescription
{
    /// <summary>What the block's output is multiplied by.</summary>
    public float OutputMultiplier { get; init; } = 1;
}
