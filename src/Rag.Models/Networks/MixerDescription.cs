namespace Rag.Models.Networks;

/// <summary>The block of a layer that lets tokens see each other.</summary>
internal abstract record MixerDescription
{
    /// <summary>The block's last linear layer.</summary>
    public required LinearDescription Output { get; init; }

    /// <summary>What a decoder keeps of each token for this block.</summary>
    public abstract CacheDescription Cache { get; }
}
