using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Architectures.Heads;

/// <summary>
/// How encoder families classify a sequence: one state of it, a layer with a nonlinearity, and a row for each label (transformers
/// modeling_bert.py, modeling_roberta.py, modeling_modernbert.py, modeling_distilbert.py, modeling_deberta_v2.py, modeling_electra.py,
/// modeling_albert.py: ...ForSequenceClassification).
/// </summary>
internal static class ClassificationHeads
{
    /// <summary>The head, or null where there is none under a known name.</summary>
    public static HeadDescription? Describe(HeadTensors tensors)
    {
        if (tensors.Has("classifier.out_proj"))
        {
            bool electra = tensors.Config.ModelType == "electra";
            return Of(tensors, "classifier.dense", electra ? ActivationKind.Gelu : ActivationKind.Tanh, "classifier.out_proj");
        }

        if (tensors.Has("head.dense"))
        {
            int hidden = tensors.Network.HiddenSize;
            HeadDescription head = Of(tensors, "head.dense", tensors.Activation("classifier_activation", "gelu"), "classifier");
            return head with { Tokens = Pooling(tensors), Layers = [head.Layers[0] with { Norm = tensors.Norm("head.norm", hidden) }, head.Layers[1]] };
        }

        if (tensors.Has("pre_classifier"))
        {
            return Of(tensors, "pre_classifier", ActivationKind.Relu, "classifier");
        }

        return (tensors.Find("pooler.dense") ?? tensors.Find("pooler")) is { } pooler
            ? Of(tensors, pooler, tensors.Config.Has("pooler_hidden_act") ? tensors.Activation("pooler_hidden_act", "gelu") : ActivationKind.Tanh, "classifier")
            : null;
    }

    private static HeadDescription Of(HeadTensors tensors, string dense, ActivationKind activation, string last)
    {
        int hidden = tensors.Network.HiddenSize;
        int labels = HeadCatalog.Labels(tensors);
        return new HeadDescription
        {
            Tokens = HeadTokens.First,
            Layers = [new HeadLayer(tensors.Linear(dense, hidden, hidden), activation), new HeadLayer(tensors.Linear(last, hidden, labels))],
            Width = labels,
        };
    }

    private static HeadTokens Pooling(HeadTensors tensors) => tensors.Config.String("classifier_pooling") switch
    {
        null or "cls" => HeadTokens.First,
        "mean" => HeadTokens.Mean,
        var other => throw new UnsupportedException($"{tensors.Config.Path}: classifier_pooling '{other}' is not supported; 'cls' and 'mean' are.", tensors.Config.Path),
    };
}
