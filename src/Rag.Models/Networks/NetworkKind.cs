namespace Rag.Models.Networks;

/// <summary>What a network computes, and so which inputs and outputs its graph has.</summary>
internal enum NetworkKind
{
    /// <summary>Tokens see attended tokens, all of them or those before; the output is the last hidden state.</summary>
    Encoder,

    /// <summary>A token sees what precedes it, through a KV cache; the output is logits.</summary>
    Decoder,

    /// <summary>An encoder that is told which tokens are the question's; the output is a start and an end logit per token.</summary>
    SpanReader,
}
