using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>
/// A span reader from an encoder: token types as an input, and the head "qa_outputs" with a start and an end logit per
/// token (transformers modeling_bert.py, BertForQuestionAnswering).
/// </summary>
internal static class SpanReaderNetwork
{
    private const string Prefix = "bert.";

    /// <summary>The encoder with a span head.</summary>
    /// <exception cref="UnsupportedException">The network is no encoder that tells a question from a passage by types.</exception>
    public static NetworkDescription Of(ModelFolder folder, NetworkDescription encoder) =>
        encoder.Kind == NetworkKind.Encoder && encoder.Embedding.TokenTypes is { } types && types.Shape[0] >= 2
            ? encoder with { Kind = NetworkKind.SpanReader, Head = LinearDescription.Named("qa_outputs", encoder.HiddenSize, 2, bias: true) }
            : throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is no encoder with two token types; it is not supported as a span reader.", folder.FolderPath);

    /// <summary>The word embeddings of another folder, whether or not its names carry the prefix "bert.".</summary>
    /// <exception cref="IncompatibleException">The folder has none.</exception>
    public static BorrowedTensor Borrow(string name, SafetensorsFolder other)
    {
        string bare = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        TensorInfo tensor = other.Find(bare) ?? other.Find(Prefix + bare) ?? throw new IncompatibleException(
            $"The folder {other.FolderPath}, named for the word embeddings, has neither the tensor '{bare}' nor '{Prefix}{bare}'.", other.FolderPath);
        return new BorrowedTensor(name, other, tensor);
    }
}
