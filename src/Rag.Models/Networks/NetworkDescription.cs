using Rag.Models.Networks.Heads;

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

    /// <summary>Whether an encoder's tokens see none after themselves; a decoder's never do.</summary>
    public bool Causal { get; init; }

    /// <summary>How the checkpoint stores its matrices.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Whether keys and values are kept in eight bits, with scales that are inputs of the graph.</summary>
    public bool EightBitCache { get; init; }

    /// <summary>Null where linear layers compute in single precision.</summary>
    public RoundingDescription? Rounding { get; init; }

    /// <summary>Whether a batch may have rows of several lengths; where it may not, an encoder has no mask, which its faster kernels do not take.</summary>
    public bool Padded { get; init; } = true;

    public required EmbeddingDescription Embedding { get; init; }

    public required IReadOnlyList<LayerDescription> Layers { get; init; }

    /// <summary>The rotary tables that attention refers to by index.</summary>
    public IReadOnlyList<RopeDescription> Ropes { get; init; } = [];

    /// <summary>The norm after the last layer.</summary>
    public NormDescription? FinalNorm { get; init; }

    /// <summary>From hidden state to logits; a decoder has one.</summary>
    public LinearDescription? Head { get; init; }

    /// <summary>What an encoder's hidden states become; null where they are the output themselves.</summary>
    public HeadDescription? EncoderHead { get; init; }

    /// <summary>Whether the graph is told the type of each token: where a head reads pairs, and the model tells two types apart.</summary>
    public bool TakesTokenTypes => EncoderHead is not null && Embedding.TokenTypes is { } types && types.Shape[0] >= 2;

    /// <summary>What logits are multiplied by.</summary>
    public float LogitMultiplier { get; init; } = 1;

    /// <summary>c * tanh(logit / c), after the multiplication; 0 for none.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>What the rotary tables depend on beside the position, for a sequence of a length; 0 where they depend on nothing else.</summary>
    public int RotaryRegime(int total)
    {
        // Asked for every token: no closure, no enumerator.
        int regime = 0;
        for (int i = 0; i < Ropes.Count; i++)
        {
            regime = Math.Max(regime, Ropes[i].Stretch?.Regime(total) ?? 0);
        }

        return regime;
    }
}
