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
    /// <summary>Writes the graph of a model folder.</summary>
    /// <exception cref="UnsupportedException">The family or a setting of it is not supported.</exception>
    /// <exception cref="IncompatibleException">The weights do not fit config.json.</exception>
    public static ModelGraph Write(ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        return GraphWriter.Write(ArchitectureCatalog.Describe(folder, weights), weights);
    }
}
