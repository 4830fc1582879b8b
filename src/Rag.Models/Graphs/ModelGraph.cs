using Rag.Models.Adapters;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>A written graph, ready for ONNX Runtime.</summary>
/// <param name="Network">What the graph computes.</param>
/// <param name="Bytes">The ONNX protobuf; its external data is named relative to <paramref name="WeightsFolder"/>.</param>
/// <param name="WeightsFolder">The folder that holds the weight files, links resolved.</param>
internal sealed record ModelGraph(NetworkDescription Network, byte[] Bytes, string WeightsFolder)
{
    /// <summary>The layers that an adapter may change; the inputs of every one must be bound.</summary>
    public IReadOnlyList<LowRankLayer> Adaptable { get; init; } = [];

    /// <summary>Writes the graph of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapters">The layers of a decoder that adapters may change; null for none.</param>
    /// <exception cref="UnsupportedException">The family or a setting of it is not supported.</exception>
    /// <exception cref="IncompatibleException">The weights do not fit config.json.</exception>
    public static ModelGraph Write(ModelFolder folder, AdapterTargets? adapters = null)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        return GraphWriter.Write(network, weights, adapters: network.Kind == NetworkKind.Decoder ? adapters : null);
    }

    /// <summary>Writes the graph of a span reader: the folder's encoder with the span head "qa_outputs".</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="wordEmbeddingsFolder">The folder to take the word embeddings from where the model's own has none; null for none.</param>
    /// <inheritdoc cref="Write(ModelFolder, AdapterTargets?)"/>
    public static ModelGraph WriteSpanReader(ModelFolder folder, string? wordEmbeddingsFolder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        NetworkDescription network = SpanReaderNetwork.Of(folder, ArchitectureCatalog.Describe(folder, weights));
        string words = network.Embedding.Tokens.Name;
        if (weights.Find(words) is not null)
        {
            return GraphWriter.Write(network, weights);
        }

        if (wordEmbeddingsFolder is null)
        {
            throw new IncompatibleException(
                $"The model folder {folder.FolderPath} lacks the tensor '{words}', and no other folder to take the word embeddings from was named; name the folder of the model that it shares them with.", folder.FolderPath);
        }

        using SafetensorsFolder other = SafetensorsFolder.Open(wordEmbeddingsFolder);
        return GraphWriter.Write(network, weights, SpanReaderNetwork.Borrow(words, other));
    }
}
