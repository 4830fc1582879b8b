namespace Rag.Models.Networks.Heads;

/// <summary>What becomes of an encoder's last hidden states: the tokens that count, the layers over them, and a last step.</summary>
internal sealed record HeadDescription
{
    public HeadTokens Tokens { get; init; }

    /// <summary>The token that ends a text, where <see cref="Tokens"/> asks for it; null where it is the one with the largest id.</summary>
    public int? EndToken { get; init; }

    public IReadOnlyList<HeadLayer> Layers { get; init; } = [];

    public HeadFinish Finish { get; init; }

    /// <summary>Numbers of the output for each token, or for each sequence where <see cref="PerToken"/> does not hold.</summary>
    public required int Width { get; init; }

    /// <summary>Whether there is an output for each token; otherwise one for the sequence.</summary>
    public bool PerToken => Tokens == HeadTokens.Every && Finish != HeadFinish.SparseMaximum;
}
