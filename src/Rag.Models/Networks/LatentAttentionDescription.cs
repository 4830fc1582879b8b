namespace Rag.Models.Networks;

/// <summary>
/// Attention whose keys and values are made from one small vector a token, the latent, beside a rotated part that all heads
/// share (DeepSeek-V2, arXiv 2405.04434). Only those two are kept: queries are brought to the latent instead of keys out of it.
/// </summary>
internal sealed record LatentAttentionDescription : MixerDescription
{
    public required int Heads { get; init; }

    /// <summary>The part of a query or key that is not rotated.</summary>
    public required int PlainSize { get; init; }

    /// <summary>The part of a query or key that is rotated.</summary>
    public required int RotatedSize { get; init; }

    public required int ValueSize { get; init; }

    public required int LatentSize { get; init; }

    /// <summary>What the scores are multiplied by.</summary>
    public required float Scale { get; init; }

    /// <summary>To the smaller vector that queries are made from; null where they are made from the hidden state.</summary>
    public LinearDescription? QueryDown { get; init; }

    public NormDescription? QueryNorm { get; init; }

    /// <summary>To [heads * (plain + rotated)].</summary>
    public required LinearDescription Query { get; init; }

    /// <summary>To [latent + rotated].</summary>
    public required LinearDescription KeyDown { get; init; }

    /// <summary>Of the latent.</summary>
    public required NormDescription KeyNorm { get; init; }

    /// <summary>From the latent to [heads * (plain + value)].</summary>
    public required LinearDescription KeyValue { get; init; }

    /// <summary>Index into the network's rotary tables.</summary>
    public required int Rope { get; init; }

    public override CacheDescription Cache => new(CacheForm.Shared, 1, LatentSize + RotatedSize);
}
