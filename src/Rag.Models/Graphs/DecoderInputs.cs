using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>The inputs of a decoder's graph that several of its parts read.</summary>
internal sealed class DecoderInputs
{
    private readonly OnnxGraphBuilder _graph;
    private string? _positionIds;
    private string? _position;
    private string? _mask;

    /// <param name="graph">The graph.</param>
    /// <param name="network">The network.</param>
    /// <param name="ids">The input of token ids.</param>
    /// <param name="oneToken">See <see cref="OneToken"/>.</param>
    public DecoderInputs(OnnxGraphBuilder graph, NetworkDescription network, string ids, bool oneToken)
    {
        (_graph, Network, Ids, OneToken) = (graph, network, ids, oneToken);
        LastIndex = oneToken ? "" : graph.Input(GraphNames.LastIndex, OnnxDataType.Int32, "batch");
        TotalLength = oneToken ? "" : graph.Input(GraphNames.TotalLength, OnnxDataType.Int32, 1);
        for (int i = 0; i < network.Ropes.Count; i++)
        {
            int pairs = network.Ropes[i].InverseFrequencies.Length;
            graph.Input(GraphNames.Cosine(i), graph.Floats, "positions", pairs);
            graph.Input(GraphNames.Sine(i), graph.Floats, "positions", pairs);
        }
    }

    public NetworkDescription Network { get; }

    public string Ids { get; }

    /// <summary>Whether a step is one token of one sequence, which attends to the whole cache under a mask.</summary>
    public bool OneToken { get; }

    public string LastIndex { get; }

    public string TotalLength { get; }

    /// <summary>Declared when first asked for: graphs that need no positions have no such input.</summary>
    public string PositionIds => _positionIds ??= _graph.Input(GraphNames.PositionIds, OnnxDataType.Int64, "batch", "sequence");

    /// <summary>Where the one token stands: int64 [1].</summary>
    public string Position => _position ??= _graph.Node("Reshape", [PositionIds, _graph.Constant([1L], 1)]);

    /// <summary>Which rows of the cache the one token sees.</summary>
    public string StepMask => _mask ??= _graph.Input(GraphNames.StepMask, OnnxDataType.Float32, 1, 1, 1, "capacity");

    /// <summary>Turns [batch, sequence, heads * head size] by its positions.</summary>
    public string Rotate(string x, int heads, int headSize, int rope)
    {
        int pairs = Network.Ropes[rope].InverseFrequencies.Length;
        return _graph.MicrosoftNode(
            "RotaryEmbedding",
            [x, PositionIds, GraphNames.Cosine(rope), GraphNames.Sine(rope)],
            new OnnxAttribute("num_heads", heads),
            new OnnxAttribute("rotary_embedding_dim", 2 * pairs == headSize ? 0 : 2 * pairs),
            new OnnxAttribute("interleaved", Network.Ropes[rope].Interleaved ? 1 : 0));
    }
}
