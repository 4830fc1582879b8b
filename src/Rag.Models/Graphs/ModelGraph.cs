using Rag.Models.Architectures;
using Rag.Models.Architectures.Heads;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Graphs;

/// <summary>A written graph, ready for ONNX Runtime.</summary>
/// <param name="Network">What the graph computes.</param>
/// <param name="Bytes">The ONNX protobuf; its external data is named relative to <paramref name="WeightsFolder"/>.</param>
/// <param name="WeightsFolder">The folder that holds the weight files, links resolved.</param>
internal sealed record ModelGraph(NetworkDescription Network, byte[] Bytes, string WeightsFolder)
{
    /// <summary>Writes the graph of a model folder.</summary>
    /// <exception cref="UnsupportedException">The family or a setting of it is not supported.</exception>
    /// <exception cref="IncompatibleException">The weights do not fit config.json.</exception>
    public static ModelGraph Write(ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        return GraphWriter.Write(ArchitectureCatalog.Describe(folder, weights), weights);
    }

    /// <summary>Writes the graph of a model folder as an encoder; of a decoder, without its head and its cache.</summary>
    /// <inheritdoc cref="Write(ModelFolder)"/>
    public static ModelGraph WriteEncoder(ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        return GraphWriter.Write(EncoderNetwork.Of(folder, ArchitectureCatalog.Describe(folder, weights)), weights);
    }

    /// <summary>Writes the graph of the folder's encoder with its head.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What the head is for.</param>
    /// <param name="wordEmbeddingsFolder">The folder to take the word embeddings from where the model's own has none; null for none.</param>
    /// <inheritdoc cref="Write(ModelFolder)"/>
    public static ModelGraph WriteHead(ModelFolder folder, HeadKind kind, string? wordEmbeddingsFolder = null)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        NetworkDescription network = HeadCatalog.Describe(folder, weights, kind);
        if (kind == HeadKind.LateInteraction && network.EncoderHead!.Layers[0].Linear!.Weight.Name is var projection && weights.Find(projection) is null)
        {
            using SafetensorsFolder module = SafetensorsFolder.Open(HeadCatalog.Projection(folder)!.FolderPath);
            return GraphWriter.Write(network, weights, BorrowedTensor.Find(projection, module));
        }

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
        return GraphWriter.Write(network, weights, BorrowedTensor.Find(words, other));
    }
}
