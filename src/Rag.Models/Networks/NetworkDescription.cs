namespace Rag.Models.Networks;

/// <summary>
/// A network as data: everything the graph writer needs to know, and nothing about how it is written. An architecture
/// turns config.json into one of these.
/// </summary>
internal sealed record NetworkDescription
{
    public required NetworkKind Kind { get; init; }

    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int MaxPositions { get; init; }

    public required EmbeddingDescription Embedding { get; init; }

    public required IReadOnlyList<LayerDescription> Layers { get; init; }

    /// <summary>The rotary tables that attention refers to by index.</summary>
    public IReadOnlyList<RopeDescription> Ropes { get; init; } = [];

    /// <summary>The norm after the last layer.</summary>
    public NormDescription? FinalNorm { get; init; }

    /// <summary>From hidden state to logits; a decoder has one, and a span reader, of two rows: start and end.</summary>
    public LinearDescription? Head { get; init; }
}
