using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Causal attention over a KV cache as com.microsoft GroupQueryAttention (ContribOperators.md). The operator rotates
/// queries and keys itself where the head size is a multiple of 16; smaller heads are rotated by a node of their own.
/// </summary>
internal sealed class CachedAttentionWriter : IAttentionWriter
{
    private readonly OnnxGraphBuilder _graph;
    private readonly WeightWriter _weights;
    private readonly NetworkDescription _network;
    private readonly string _lastIndex;
    private readonly string _totalLength;
    private string? _positionIds;

    public CachedAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights, NetworkDescription network)
    {
        (_graph, _weights, _network) = (graph, weights, network);
        _lastIndex = graph.Input(GraphNames.LastIndex, OnnxDataType.Int32, "batch");
        _totalLength = graph.Input(GraphNames.TotalLength, OnnxDataType.Int32, 1);
        for (int i = 0; i < network.Ropes.Count; i++)
        {
            int pairs = network.Ropes[i].InverseFrequencies.Length;
            graph.Input(GraphNames.Cosine(i), OnnxDataType.Float32, "positions", pairs);
            graph.Input(GraphNames.Sine(i), OnnxDataType.Float32, "positions", pairs);
        }
    }

    public string Write(AttentionDescription attention, int layer, string x)
    {
        string query = _weights.Linear(x, attention.Query);
        string key = _weights.Linear(x, attention.Key);
        string value = _weights.Linear(x, attention.Value);
        OnnxDimension[] cache = ["batch", attention.KeyValueHeads, "capacity", attention.HeadSize];
        string pastKey = _graph.Input(GraphNames.PastKey(layer), OnnxDataType.Float32, cache);
        string pastValue = _graph.Input(GraphNames.PastValue(layer), OnnxDataType.Float32, cache);
        bool inside = attention.Rope is { } own && RotatesInside(attention, _network.Ropes[own]);
        if (attention.Rope is { } rope && !inside)
        {
            query = Rotate(query, attention.Heads, attention.HeadSize, rope);
            key = Rotate(key, attention.KeyValueHeads, attention.HeadSize, rope);
        }

        string[] inputs = inside
            ? [query, key, value, pastKey, pastValue, _lastIndex, _totalLength, GraphNames.Cosine(attention.Rope!.Value), GraphNames.Sine(attention.Rope.Value)]
            : [query, key, value, pastKey, pastValue, _lastIndex, _totalLength];
        string output = $"attention.{layer}";
        _graph.AddNode(
            $"GroupQueryAttention.{layer}",
            "GroupQueryAttention",
            OnnxGraphBuilder.MicrosoftDomain,
            inputs,
            [output, GraphNames.PresentKey(layer), GraphNames.PresentValue(layer)],
            new OnnxAttribute("num_heads", attention.Heads),
            new OnnxAttribute("kv_num_heads", attention.KeyValueHeads),
            new OnnxAttribute("scale", attention.Scale),
            new OnnxAttribute("do_rotary", inside ? 1 : 0),
            new OnnxAttribute("rotary_interleaved", inside && _network.Ropes[attention.Rope!.Value].Interleaved ? 1 : 0));
        _graph.Output(GraphNames.PresentKey(layer), OnnxDataType.Float32, cache);
        _graph.Output(GraphNames.PresentValue(layer), OnnxDataType.Float32, cache);
        return output;
    }

    private static bool RotatesInside(AttentionDescription attention, RopeDescription rope) =>
        attention.HeadSize % 16 == 0 && rope.InverseFrequencies.Length % 8 == 0;

    private string Rotate(string x, int heads, int headSize, int rope)
    {
        _positionIds ??= _graph.Input(GraphNames.PositionIds, OnnxDataType.Int64, "batch", "sequence");
        int pairs = _network.Ropes[rope].InverseFrequencies.Length;
        return _graph.MicrosoftNode(
            "RotaryEmbedding",
            [x, _positionIds, GraphNames.Cosine(rope), GraphNames.Sine(rope)],
            new OnnxAttribute("num_heads", heads),
            new OnnxAttribute("rotary_embedding_dim", 2 * pairs == headSize ? 0 : 2 * pairs),
            new OnnxAttribute("interleaved", _network.Ropes[rope].Interleaved ? 1 : 0));
    }
}
