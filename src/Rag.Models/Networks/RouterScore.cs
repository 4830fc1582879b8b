namespace Rag.Models.Networks;

/// <summary>How router logits become scores. A softmax over the chosen alone is one over all, normalised afterwards.</summary>
internal enum RouterScore
{
    /// <summary>Softmax over all experts.</summary>
    Softmax,

    /// <summary>The sigmoid of each logit.</summary>
    Sigmoid,
}
