namespace Rag.Models.Networks;

/// <summary>Softmax attention with one or more query heads to each key and value head.</summary>
internal sealed record AttentionDescription
{
    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>What the scores are multiplied by.</summary>
    public required float Scale { get; init; }

    public required LinearDescription Query { get; init; }

    public required LinearDescription Key { get; init; }

    public required LinearDescription Value { get; init; }

    public required LinearDescription Output { get; init; }

    /// <summary>Index into the network's rotary tables; null where queries and keys are not rotated.</summary>
    public int? Rope { get; init; }
}
