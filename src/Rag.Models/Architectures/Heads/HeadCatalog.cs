using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Architectures.Heads;

/// <summary>The heads of encoders: what is asked for decides what comes out, the tensors that are there how it is built.</summary>
internal static class HeadCatalog
{
    /// <summary>The folder's encoder with its head; of a model with several encoders, the one that the head is on.</summary>
    /// <exception cref="UnsupportedException">The network is no encoder, or no such head is supported on it.</exception>
    /// <exception cref="IncompatibleException">The folder has no such head.</exception>
    public static NetworkDescription Describe(ModelFolder folder, SafetensorsFolder weights, HeadKind kind) => kind switch
    {
        HeadKind.TextVector => ClipTowers.Text(folder.Configuration, weights),
        HeadKind.ImageVector => ClipTowers.Image(folder.Configuration, weights),
        _ => WithHead(folder, weights, ArchitectureCatalog.Describe(folder, weights), kind),
    };

    private static NetworkDescription WithHead(ModelFolder folder, SafetensorsFolder weights, NetworkDescription network, HeadKind kind)
    {
        if (network.Kind != NetworkKind.Encoder)
        {
            throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is no encoder; it is not supported with a head for {Describe(kind)}.", folder.FolderPath);
        }

        HeadTensors tensors = new(folder.Configuration, weights, network);
        NetworkDescription whole = network with
        {
            EncoderHead = kind switch
            {
                HeadKind.Classification => ClassificationHeads.Describe(tensors) ?? throw Lacking(folder, kind),
                HeadKind.TokenClassification => Plain(tensors, "classifier", Labels(tensors)),
                HeadKind.MaskedLanguageModel => MaskedLanguageHeads.Describe(tensors) ?? throw Lacking(folder, kind),
                HeadKind.Sparse => (MaskedLanguageHeads.Describe(tensors) ?? throw Lacking(folder, kind)) with { Finish = HeadFinish.SparseMaximum },
                HeadKind.Spans => Plain(tensors, "qa_outputs", 2),
                HeadKind.LateInteraction => Plain(tensors, "linear", tensors.Outputs("linear") ?? Projection(folder)?.Outputs ?? throw Lacking(folder, kind)) with { Finish = HeadFinish.UnitLength },
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
        };
        return kind != HeadKind.Spans || whole.TakesTokenTypes ? whole : throw new UnsupportedException(
            $"The model {folder.FolderPath} ({folder.ModelType}) is no encoder with two token types; it is not supported as a span reader.", folder.FolderPath);
    }

    /// <summary>The module that projects tokens, where it lies in a folder of its own (PyLate); null for none.</summary>
    /// <exception cref="UnsupportedException">There is more to it than one product.</exception>
    public static DenseModule? Projection(ModelFolder folder) => folder.SentenceTransformer?.After switch
    {
        [DenseModule { Bias: false, Activation: VectorActivation.Identity } dense] => dense,
        null or [] or [NormalizeModule] => null,
        _ => throw new UnsupportedException($"The modules of {folder.FolderPath} do more with a token than one product without a bias, which is not supported for late interaction.", folder.FolderPath),
    };

    /// <summary>Labels of a classifier.</summary>
    public static int Labels(HeadTensors tensors) => LabelConfiguration.Read(tensors.Config).Names.Count;

    // One linear layer over every token (transformers modeling_bert.py: BertForTokenClassification, BertForQuestionAnswering; ColBERT's
    // modeling/hf_colbert.py).
    private static HeadDescription Plain(HeadTensors tensors, string name, int outputs) =>
        new() { Layers = [new HeadLayer(tensors.Linear(name, tensors.Network.HiddenSize, outputs))], Width = outputs };

    private static IncompatibleException Lacking(ModelFolder folder, HeadKind kind) =>
        new($"The model folder {folder.FolderPath} has no head for {Describe(kind)}, under none of the names that are known; it holds a model for something else.", folder.FolderPath);

    private static string Describe(HeadKind kind) => kind switch
    {
        HeadKind.Classification => "classification or reranking",
        HeadKind.TokenClassification => "token classification",
        HeadKind.MaskedLanguageModel => "masked language modelling",
        HeadKind.Spans => "question answering",
        HeadKind.Sparse => "sparse vectors",
        HeadKind.LateInteraction => "late interaction",
        _ => kind.ToString(),
    };
}
