using Rag.Models.Adapters;
using Rag.Models.Architectures;
using Rag.Models.Architectures.Heads;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;
using Rag.Models.Packing;

namespace Rag.Models.Graphs;

/// <summary>A written graph, ready for ONNX Runtime.</summary>
/// <param name="Network">What the graph computes.</param>
/// <param name="Bytes">The ONNX protobuf; its external data is named relative to <paramref name="WeightsFolder"/>.</param>
/// <param name="WeightsFolder">The folder that holds the weight files, links resolved.</param>
internal sealed record ModelGraph(NetworkDescription Network, byte[] Bytes, string WeightsFolder)
{
    /// <summary>The layers that an adapter may change; the inputs of every one must be bound.</summary>
    public IReadOnlyList<LowRankLayer> Adaptable { get; init; } = [];

    // What is left are norms and biases.
    private const double SharedShare = .95;

    /// <summary>Bytes of all stored tensors that the graph declares.</summary>
    public long DeclaredBytes { get; init; }

    /// <summary>The packed tensors of a decoder, which its graphs take as they are.</summary>
    public IReadOnlyList<SharedTensor> Shared { get; init; } = [];

    /// <summary>The same decoder for one token of one sequence, over the same cache and weights; null where its attention cannot be written so, or its weights cannot be shared.</summary>
    public ModelGraph? Step { get; init; }

    /// <summary>Writes the graph of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapters">The layers of a decoder that adapters may change; null for none.</param>
    /// <param name="half">Whether a decoder computes in half precision; see <see cref="GraphWriter.Write"/>.</param>
    /// <param name="eightBitCache">Whether a decoder keeps keys and values in eight bits.</param>
    /// <exception cref="UnsupportedException">The family or a setting of it is not supported.</exception>
    /// <exception cref="IncompatibleException">The weights do not fit config.json.</exception>
    public static ModelGraph Write(ModelFolder folder, AdapterTargets? adapters = null, bool half = false, bool eightBitCache = false)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        network = eightBitCache && network.Kind == NetworkKind.Decoder ? WithEightBitCache(folder, network) : network;
        return GraphWriter.Write(network, weights, adapters: network.Kind == NetworkKind.Decoder ? adapters : null, half: half && network.Kind == NetworkKind.Decoder);
    }

    /// <summary>Writes the graph of a decoder whose matrices are packed: they are taken from a cache, and put there the first time.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="packing">How.</param>
    /// <param name="adapters">The layers of a decoder that adapters may change; null for none.</param>
    /// <param name="half">Whether a decoder computes in half precision; see <see cref="GraphWriter.Write"/>.</param>
    /// <param name="progress">Told while weights are packed; null for nobody.</param>
    /// <param name="cancellationToken">Ends the packing; nothing has been written then.</param>
    /// <exception cref="UnavailableException">The cache cannot be written.</exception>
    /// <inheritdoc cref="Write(ModelFolder, AdapterTargets?, bool, bool)"/>
    public static ModelGraph WritePacked(
        ModelFolder folder, PackingOptions packing, AdapterTargets? adapters = null, bool half = false, IProgress<WeightPackingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (packing.Precision == WeightPrecision.Single)
        {
            return Write(folder, adapters, half, packing.EightBitCache);
        }

        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        if (network.Kind != NetworkKind.Decoder)
        {
            return Write(folder, adapters, half);
        }

        network = packing.EightBitCache ? WithEightBitCache(folder, network) : network;

        using SafetensorsFolder packed = new PackedWeightCache(packing).Open(folder, network, weights, progress, cancellationToken);
        PackedFile matrices = new(packed, packing.RoundActivations ? 4 : 1);
        ModelGraph graph = GraphWriter.Write(network, packed, packing: matrices, adapters: adapters, half: half);

        // Two sessions over weights that they cannot share would take twice the memory.
        return graph.Shared.Sum(shared => shared.Tensor.Length) >= SharedShare * graph.DeclaredBytes && StepAttentionWriter.Fits(network) && !network.EightBitCache && !half
            ? graph with { Step = GraphWriter.Write(network, packed, packing: matrices, adapters: adapters, oneToken: true) }
            : graph;
    }

    /// <summary>A decoder that keeps keys and values in eight bits.</summary>
    /// <exception cref="UnsupportedException">Its attention cannot.</exception>
    public static NetworkDescription WithEightBitCache(ModelFolder folder, NetworkDescription network) => CachedAttentionWriter.TakesEightBits(network)
        ? network with { EightBitCache = true }
        : throw new UnsupportedException(
            $"The model {folder.FolderPath} ({folder.ModelType}) cannot keep its keys and values in eight bits: it has layers that are no plain attention (states, latents, capped scores, sinks or biases by distance). Keep them in single precision.", folder.FolderPath);

    /// <summary>Writes the graph of a model folder as an encoder; of a decoder, without its head and its cache.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="rounding">How linear layers round; null for single precision. Where they do, batches have rows of one length.</param>
    /// <inheritdoc cref="Write(ModelFolder, AdapterTargets?, bool, bool)"/>
    public static ModelGraph WriteEncoder(ModelFolder folder, RoundingDescription? rounding = null)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        return GraphWriter.Write(EncoderNetwork.Of(folder, ArchitectureCatalog.Describe(folder, weights)) with { Rounding = rounding, Padded = rounding is null }, weights);
    }

    /// <summary>Writes the graph of the folder's encoder with its head.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What the head is for.</param>
    /// <param name="wordEmbeddingsFolder">The folder to take the word embeddings from where the model's own has none; null for none.</param>
    /// <inheritdoc cref="Write(ModelFolder, AdapterTargets?, bool, bool)"/>
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
