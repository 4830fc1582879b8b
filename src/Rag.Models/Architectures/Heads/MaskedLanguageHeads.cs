using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Architectures.Heads;

/// <summary>
/// How encoder families predict masked tokens: a layer with a nonlinearity and a norm, then the word embeddings again, with a bias
/// (transformers modeling_bert.py, modeling_roberta.py, modeling_distilbert.py, modeling_modernbert.py, modeling_electra.py,
/// modeling_albert.py: ...ForMaskedLM).
/// </summary>
internal static class MaskedLanguageHeads
{
    private static readonly Names[] Known =
    [
        new("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions", "cls.predictions.decoder", "hidden_act"),
        new("lm_head.dense", "lm_head.layer_norm", "lm_head", "lm_head.decoder", null),
        new("vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector", "activation"),
        new("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head", "generator_lm_head", null),
        new("predictions.dense", "predictions.LayerNorm", "predictions", "predictions.decoder", "hidden_act"),
        new("head.dense", "head.norm", "decoder", "decoder", "classifier_activation"),
    ];

    /// <summary>The head, or null where there is none under a known name.</summary>
    public static HeadDescription? Describe(HeadTensors tensors)
    {
        if (Array.Find(Known, names => tensors.Has(names.Dense)) is not { } found)
        {
            return null;
        }

        // Narrower than the hidden states where the embeddings are (ALBERT, ELECTRA).
        Weight words = tensors.Network.Embedding.Tokens;
        int width = (int)words.Shape[^1];
        int vocabulary = tensors.Network.VocabularySize;
        bool own = !tensors.Config.Boolean("tie_word_embeddings", absent: true) && tensors.Has(found.Decoder);
        string? bias = tensors.FirstOf(found.Bias + ".bias", found.Decoder + ".bias");
        return new HeadDescription
        {
            Layers =
            [
                new HeadLayer(
                    tensors.Linear(found.Dense, tensors.Network.HiddenSize, width),
                    found.Activation is null ? ActivationKind.Gelu : tensors.Activation(found.Activation, "gelu"),
                    tensors.Norm(found.Norm, width)),
                new HeadLayer(new LinearDescription(
                    own ? new Weight(found.Decoder + ".weight", vocabulary, width) : words,
                    bias is null ? null : new Weight(bias, vocabulary))),
            ],
            Width = vocabulary,
        };
    }

    private sealed record Names(string Dense, string Norm, string Bias, string Decoder, string? Activation);
}
