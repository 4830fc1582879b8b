using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Attention over every attended token as com.microsoft Attention (ContribOperators.md): one product for queries, keys
/// and values, whose weights are put side by side while loading.
/// </summary>
internal sealed class EncoderAttentionWriter : IMixerWriter
{
    // Far below any score, and far enough from the largest float that adding a score stays finite.
    private const float Masked = -1e30f;
    private readonly OnnxGraphBuilder _graph;
    private readonly WeightWriter _weights;
    private readonly string _mask;

    public EncoderAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights)
    {
        (_graph, _weights) = (graph, weights);
        string mask = graph.Input(GraphNames.AttentionMask, OnnxDataType.Int64, "batch", "sequence");
        _mask = graph.Node("Cast", [mask], new OnnxAttribute("to", (long)OnnxDataType.Int32));
    }

    public string Write(MixerDescription mixer, int layer, string x)
    {
        AttentionDescription attention = (AttentionDescription)mixer;
        LinearDescription[] parts = [attention.Query, attention.Key, attention.Value];
        return _graph.MicrosoftNode(
            "Attention",
            [x, _weights.SideBySide([.. parts.Select(p => p.Weight)]), _weights.Joined([.. parts.Select(p => p.Bias!)]), _mask],
            new OnnxAttribute("num_heads", attention.Heads),
            new OnnxAttribute("scale", attention.Scale),
            new OnnxAttribute("mask_filter_value", Masked));
    }
}
