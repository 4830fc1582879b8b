namespace Rag.Models.Networks.Heads;

/// <summary>Which hidden states a head reads.</summary>
internal enum HeadTokens
{
    /// <summary>Those of every token, each for itself.</summary>
    Every,

    /// <summary>That of the first token.</summary>
    First,

    /// <summary>The mean over the attended tokens.</summary>
    Mean,

    /// <summary>That of the first token that ends the text.</summary>
    End,
}
