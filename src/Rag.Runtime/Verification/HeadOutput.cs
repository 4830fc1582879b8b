using Rag.Models.Networks.Heads;

namespace Rag.Runtime.Verification;

/// <summary>What is expected of a head.</summary>
/// <param name="Kind">Which head.</param>
/// <param name="Name">How people call its output.</param>
/// <param name="Tensors">The tensors that hold it; several are its columns side by side.</param>
/// <param name="Tolerance">What two right implementations may differ by, where the options do not say.</param>
internal sealed record HeadOutput(HeadKind Kind, string Name, IReadOnlyList<string> Tensors, double Tolerance = VerificationOptions.DefaultTolerance)
{
    /// <summary>The output of a kind of expected.json; null for one that has no head, or is not known.</summary>
    public static HeadOutput? Of(string kind) => kind switch
    {
        "sequence-classification" or "cross-encoder" => new(HeadKind.Classification, "logits", ["logits"]),
        "token-classification" => new(HeadKind.TokenClassification, "logits", ["logits"]),

        // Logits of a size of 30: single precision alone makes some 3e-5 of difference.
        "masked-lm" => new(HeadKind.MaskedLanguageModel, "logits", ["logits"], 5e-4),
        "question-answering" => new(HeadKind.Spans, "start and end logits", ["start_logits", "end_logits"]),
        "splade" => new(HeadKind.Sparse, "weights", ["sparse"]),
        "late-interaction" => new(HeadKind.LateInteraction, "token vectors", ["token_embeddings"]),
        "clip" => new(HeadKind.TextVector, "text vectors", ["text_embeds"]),
        _ => null,
    };
}
