namespace Rag.Models.Networks.Heads;

/// <summary>What a checkpoint's head is for; how it is built, its tensors say.</summary>
internal enum HeadKind
{
    /// <summary>A logit for each label of the sequence.</summary>
    Classification,

    /// <summary>A logit for each label of each token.</summary>
    TokenClassification,

    /// <summary>A logit for each token of the vocabulary, at each token.</summary>
    MaskedLanguageModel,

    /// <summary>A start and an end logit for each token; the encoder is told which tokens are the question's.</summary>
    Spans,

    /// <summary>A weight for each token of the vocabulary.</summary>
    Sparse,

    /// <summary>A vector of length 1 for each token.</summary>
    LateInteraction,

    /// <summary>A text's vector of length 1, in the space of images.</summary>
    TextVector,

    /// <summary>An image's vector of length 1, in the space of texts.</summary>
    ImageVector,
}
