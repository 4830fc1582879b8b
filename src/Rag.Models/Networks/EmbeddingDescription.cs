namespace Rag.Models.Networks;

/// <summary>How token ids become the first hidden state: the sum of the tables that are there, then the norm, then the projection.</summary>
internal sealed record EmbeddingDescription
{
    /// <summary>[vocabulary, hidden].</summary>
    public required Weight Tokens { get; init; }

    /// <summary>Learned positions, [positions, hidden].</summary>
    public Weight? Positions { get; init; }

    /// <summary>
    /// The row of the position table for the first attended token, from which an encoder counts attended tokens alone, padding
    /// having the row before; null where tokens stand where they stand in the sequence, from row 0.
    /// </summary>
    public int? FirstPosition { get; init; }

    /// <summary>[types, hidden]; every token is taken to be of type 0, except in a span reader, which is told.</summary>
    public Weight? TokenTypes { get; init; }

    /// <summary>What the rows of the token table are multiplied by.</summary>
    public float Multiplier { get; init; } = 1;

    public NormDescription? Norm { get; init; }

    /// <summary>From the tables' width, where it is not the network's, to the network's; after the norm. Null for none.</summary>
    public LinearDescription? Projection { get; init; }
}
