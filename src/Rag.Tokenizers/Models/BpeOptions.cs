namespace Rag.Tokenizers.Models;

/// <summary>The switches of a BPE model, as tokenizer.json names them. Dropout is a matter of training and is not among them.</summary>
internal sealed record BpeOptions
{
    public string? UnknownToken { get; init; }

    public string ContinuingSubwordPrefix { get; init; } = "";

    public string EndOfWordSuffix { get; init; } = "";

    public bool FuseUnknown { get; init; }

    public bool ByteFallback { get; init; }

    public bool IgnoreMerges { get; init; }
}
