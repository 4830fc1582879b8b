using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>What several parts of an encoder's graph read: its mask, where tokens stand, and how far apart they are.</summary>
internal sealed class EncoderInputs
{
    /// <summary>What is added to a score that does not count: far below any score, and far enough from the largest float that a sum of several stays finite.</summary>
    public const float Masked = -1e30f;

    private readonly OnnxGraphBuilder _graph;
    private readonly string _ids;
    private readonly Dictionary<int, (string Cosine, string Sine)> _rotary = [];
    private string? _maskIndex;
    private string? _length;
    private string? _places;
    private string? _distances;

    public EncoderInputs(OnnxGraphBuilder graph, NetworkDescription network, string ids)
    {
        (_graph, Network, _ids) = (graph, network, ids);
        Mask = network.Embedding.Patches is not null ? string.Empty
            : network.Padded ? graph.Input(GraphNames.AttentionMask, OnnxDataType.Int64, "batch", "sequence")
            : graph.Node("Expand", [graph.Constant([1L]), graph.Node("Shape", [ids])]);
    }

    public NetworkDescription Network { get; }

    /// <summary>int64 [batch, sequence]; empty for images, which have no padding.</summary>
    public string Mask { get; }

    /// <summary>The mask as the attention operators take it, int32 [batch, sequence]; empty where every token counts.</summary>
    public string MaskIndex => _maskIndex ??= Network.Padded && Mask.Length > 0 ? Cast(Mask, OnnxDataType.Int32) : string.Empty;

    /// <summary>Tokens in a row, int64 [1].</summary>
    public string Length => _length ??= _graph.Node("Shape", [_ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));

    /// <summary>0 to length - 1, int64 [sequence].</summary>
    public string Places => _places ??= _graph.Node("Range", [_graph.Constant([0L]), _graph.Node("Squeeze", [Length]), _graph.Constant([1L])]);

    /// <summary>The key's place minus the query's, int64 [sequence, sequence].</summary>
    public string Distances => _distances ??= _graph.Node("Sub", [Places, _graph.Node("Unsqueeze", [Places, _graph.Constant([1L], 1)])]);

    /// <summary>The number of attended tokens up to each, counted from a first row; padding has the row before. int64 [batch, sequence].</summary>
    public string CountedPositions(int first)
    {
        string counted = _graph.Node("Mul", [_graph.Node("CumSum", [Mask, _graph.Constant([1L])]), Mask]);
        return _graph.Node("Add", [counted, _graph.Constant([first - 1L])]);
    }

    /// <summary>Turns [batch, sequence, heads * head size] by the tokens' places.</summary>
    public string Rotate(string x, int heads, int headSize, int rope)
    {
        RopeDescription description = Network.Ropes[rope];
        int pairs = description.InverseFrequencies.Length;
        if (!_rotary.TryGetValue(rope, out (string Cosine, string Sine) table))
        {
            _rotary.Add(rope, table = Table(description));
        }

        return _graph.MicrosoftNode(
            "RotaryEmbedding",
            [x, _graph.Constant([0L], 1), table.Cosine, table.Sine],
            new OnnxAttribute("num_heads", heads),
            new OnnxAttribute("rotary_embedding_dim", 2 * pairs == headSize ? 0 : 2 * pairs),
            new OnnxAttribute("interleaved", description.Interleaved ? 1 : 0));
    }

    // Computed at every run: a few thousand numbers, in place of a table for the longest sequence. The angle is rounded to single
    // precision before the cosine is taken, as the reference does.
    private (string Cosine, string Sine) Table(RopeDescription rope)
    {
        string places = _graph.Node("Unsqueeze", [Cast(Places, OnnxDataType.Float32), _graph.Constant([1L], 1)]);
        string angles = _graph.Node("Mul", [places, _graph.Constant(rope.InverseFrequencies, rope.InverseFrequencies.Length)]);
        return (Scaled(_graph.Node("Cos", [angles]), rope.Multiplier), Scaled(_graph.Node("Sin", [angles]), rope.Multiplier));
    }

    private string Scaled(string x, float multiplier) => multiplier == 1 ? x : _graph.Node("Mul", [x, _graph.Constant([multiplier])]);

    private string Cast(string x, OnnxDataType type) => _graph.Node("Cast", [x], new OnnxAttribute("to", (long)type));
}
