using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Causal attention over a KV cache as com.microsoft GroupQueryAttention (ContribOperators.md). The operator rotates
/// queries and keys itself where the head size is a multiple of 16; smaller heads are rotated by a node of their own.
/// </summary>
internal sealed class CachedAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights, DecoderInputs inputs)
{
    private readonly NormWriter _norms = new(graph, weights);
    private readonly AlibiWriter _alibi = new(graph, inputs);

    /// <param name="attention">What to write.</param>
    /// <param name="layer">The layer's number, which names its cache.</param>
    /// <param name="x">[batch, sequence, hidden].</param>
    /// <returns>[batch, sequence, heads * head size].</returns>
    public string Write(AttentionDescription attention, int layer, string x)
    {
        int keyHeads = attention.KeyValueHeads;
        (string query, string key, string value) = Project(attention, x);
        bool inside = attention.Rope is { } own && RotatesInside(attention, inputs.Network.Ropes[own]);
        if (attention.Rope is { } rope && !inside)
        {
            query = inputs.Rotate(query, attention.Heads, attention.HeadSize, rope);
            key = inputs.Rotate(key, keyHeads, attention.HeadSize, rope);
        }

        (string cosine, string sine) = inside ? (GraphNames.Cosine(attention.Rope!.Value), GraphNames.Sine(attention.Rope.Value)) : ("", "");
        string bias = attention.Alibi is null ? "" : _alibi.Write(attention.Alibi);
        string sinks = attention.Sinks is null ? "" : weights.Single(attention.Sinks);
        string[] operands = [query, key, value, GraphNames.PastKey(layer), GraphNames.PastValue(layer), inputs.LastIndex, inputs.TotalLength, cosine, sine, "", bias, sinks];
        OnnxAttribute[] kept = [];
        if (EightBit)
        {
            OnnxDimension[] scales = [keyHeads, 1, attention.HeadSize];
            operands = [.. operands, graph.Input(GraphNames.KeyScale(layer), OnnxDataType.Float32, scales), graph.Input(GraphNames.ValueScale(layer), OnnxDataType.Float32, scales)];
            kept = [new OnnxAttribute("k_quant_type", "PER_CHANNEL"), new OnnxAttribute("v_quant_type", "PER_CHANNEL"), new OnnxAttribute("kv_cache_bit_width", 8)];
        }

        return Node(
            attention.Cache,
            layer,
            operands,
            [.. kept,
            new OnnxAttribute("num_heads", attention.Heads),
            new OnnxAttribute("kv_num_heads", keyHeads),
            new OnnxAttribute("scale", attention.Scale),
            new OnnxAttribute("softcap", attention.SoftCap),
            new OnnxAttribute("local_window_size", attention.Window ?? -1),
            new OnnxAttribute("do_rotary", inside ? 1 : 0),
            new OnnxAttribute("rotary_interleaved", inside && inputs.Network.Ropes[attention.Rope!.Value].Interleaved ? 1 : 0)]);
    }

    /// <summary>Whether a network's keys and values can be kept in eight bits: the operator has a kernel for plain attention alone.</summary>
    public static bool TakesEightBits(NetworkDescription network) => network.Layers.All(layer =>
        layer.SecondMixer is null && layer.States.Count == 0 && layer.Mixer is AttentionDescription { SoftCap: 0, Alibi: null, Sinks: null });

    /// <summary>Queries, keys and values before they are turned: [batch, sequence, heads * head size].</summary>
    public (string Query, string Key, string Value) Project(AttentionDescription attention, string x) =>
        (Project(x, attention, attention.Query, attention.QueryNorm, attention.Heads),
            Project(x, attention, attention.Key, attention.KeyNorm, attention.KeyValueHeads),
            Project(x, attention, attention.Value, null, attention.KeyValueHeads));

    /// <summary>The operator with its cache, whose past and present are declared here.</summary>
    public string Node(CacheDescription kept, int layer, string[] operands, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        OnnxDimension[] cache = ["batch", kept.Heads, "capacity", kept.Width];
        OnnxDataType type = EightBit ? OnnxDataType.Int8 : graph.Floats;
        graph.Input(GraphNames.PastKey(layer), type, cache);
        graph.Input(GraphNames.PastValue(layer), type, cache);
        string output = $"attention.{layer}";
        graph.AddNode(
            $"GroupQueryAttention.{layer}",
            "GroupQueryAttention",
            OnnxGraphBuilder.MicrosoftDomain,
            operands,
            [output, GraphNames.PresentKey(layer), GraphNames.PresentValue(layer)],
            attributes);
        graph.Output(GraphNames.PresentKey(layer), type, cache);
        graph.Output(GraphNames.PresentValue(layer), type, cache);
        return output;
    }

    private bool EightBit => inputs.Network.EightBitCache;

    private static bool RotatesInside(AttentionDescription attention, RopeDescription rope) =>
        attention.HeadSize % 16 == 0 && rope.InverseFrequencies.Length % 8 == 0;

    private string Project(string x, AttentionDescription attention, LinearDescription linear, NormDescription? norm, int heads)
    {
        string y = weights.Linear(x, linear);
        y = attention.Clip is { } clip ? graph.Node("Clip", [y, graph.Constant([-clip]), graph.Constant([clip])]) : y;
        return norm is null ? y : _norms.WriteHeads(norm, y, heads, attention.HeadSize);
    }
}
