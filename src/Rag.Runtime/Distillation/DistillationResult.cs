namespace Rag.Runtime.Distillation;

/// <summary>What a distillation made.</summary>
public sealed record DistillationResult
{
    /// <summary>The folder with embeddings.safetensors and tokenizer.json, as a full path.</summary>
    public required string Folder { get; init; }

    /// <summary>Rows of the table: one per token id.</summary>
    public required int Rows { get; init; }

    /// <summary>Length of a row.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Size of the table in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Texts that the table was fitted to: those with a token that the vocabulary knows.</summary>
    public required int Texts { get; init; }

    /// <summary>Share of the variance (of the token vectors, or of the texts' vectors where there are texts) that the dimensions keep.</summary>
    public required double KeptVariance { get; init; }

    /// <summary>Mean cosine between the table's and the encoder's vectors of the texts after the closed-form fit; null without texts.</summary>
    public double? FittedCosine { get; init; }

    /// <summary>The same after training; null without texts or training.</summary>
    public double? TrainedCosine { get; init; }
}
