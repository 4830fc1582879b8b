namespace Rag.Models.Networks;

/// <summary>The block of a layer that lets tokens see each other.</summary>
internal abstract record MixerDescription
{
    /// <summary>What the block's input is multiplied by.</summary>
    public float InputMultiplier { get; init; } = 1;

    /// <summary>The block's last linear layer.</summary>
    public required LinearDescription Output { get; init; }

    /// <summary>What the block's output is multiplied by.</summary>
    public float OutputMultiplier { get; init; } = 1;

    /// <summary>What a decoder keeps of each token for this block; null for nothing.</summary>
    public abstract CacheDescription? Cache { get; }

    /// <summary>The shapes of what a decoder keeps of all tokens together, which no rewind can undo.</summary>
    public virtual IReadOnlyList<long[]> States => [];
}
