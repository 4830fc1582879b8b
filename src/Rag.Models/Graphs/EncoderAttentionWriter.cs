using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Attention over every attended token (ContribOperators.md): com.microsoft Attention, with one product for queries, keys and values
/// whose weights are put side by side while loading, or com.microsoft MultiHeadAttention where something is done to them in between, or plain operators for what neither knows.
/// </summary>
internal sealed class EncoderAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights, EncoderInputs inputs) : IMixerWriter
{
    private readonly ScoreBiasWriter _biases = new(graph, weights, inputs);
    private readonly DisentangledWriter _disentangled = new(graph, weights, inputs);
    private readonly PlainAttentionWriter _plain = new(graph, weights, inputs);
    private readonly NormWriter _norms = new(graph, weights);
    private readonly Dictionary<string, (string Weight, string Bias)> _sideBySide = new(StringComparer.Ordinal);

    public string Write(MixerDescription mixer, int layer, string x)
    {
        AttentionDescription attention = (AttentionDescription)mixer;

        // The operators hide what comes after a query by themselves, but do not know a window.
        bool causal = inputs.Network.Causal;
        bool hides = causal && (attention.Window is not null || PlainAttentionWriter.IsNeeded(attention));
        string bias = _biases.Write(attention, hides);
        OnnxAttribute[] attributes =
        [
            new("num_heads", attention.Heads),
            new("scale", attention.Scale),
            new("mask_filter_value", EncoderInputs.Masked),
            new("unidirectional", causal && !hides ? 1 : 0),
        ];
        return !IsPlain(attention) ? Projected(attention, x, bias, attributes)
            : weights.Rounded ? WithBiases(attention, x, bias, attributes)
            : WithProjections(attention, x, bias, attributes);
    }

    private static bool IsPlain(AttentionDescription attention) =>
        !PlainAttentionWriter.IsNeeded(attention)
        && attention is { Rope: null, QueryNorm: null, KeyNorm: null, Clip: null, Disentangled: null }
        && attention.KeyValueHeads == attention.Heads
        && attention.Query.Bias is null == attention.Key.Bias is null && attention.Query.Bias is null == attention.Value.Bias is null;

    private string WithProjections(AttentionDescription attention, string x, string bias, OnnxAttribute[] attributes)
    {
        (string weight, string added) = SideBySide(attention);
        return graph.MicrosoftNode("Attention", [x, weight, added, inputs.MaskIndex, "", bias], attributes);
    }

    // Layers that share their weights share what is made of them.
    private (string Weight, string Bias) SideBySide(AttentionDescription attention)
    {
        LinearDescription[] parts = [attention.Query, attention.Key, attention.Value];
        string key = string.Join('\n', parts.Select(part => $"{part.Weight.Name}/{part.Weight.Rows}"));
        if (!_sideBySide.TryGetValue(key, out (string Weight, string Bias) written))
        {
            string weight = weights.SideBySide([.. parts.Select(part => part.Weight)]);

            // The operator's bias is optional by its schema, but its kernel for the CPU reads it unasked.
            string added = parts[0].Bias is null ? Zeros(3L * attention.Heads * attention.HeadSize) : Biases(attention);
            _sideBySide.Add(key, written = (weight, added));
        }

        return written;
    }

    // Products of integers are not among what the operators do; biases are. Values are left exact: a softmax forgives queries and keys
    // their rounding, and two thirds of a vector's error came from values (MiniLM: 1 - cosine .0026, and .0010 without), for 8 % of the time.
    private string WithBiases(AttentionDescription attention, string x, string bias, OnnxAttribute[] attributes)
    {
        (string query, string key) = (weights.Product(x, attention.Query), weights.Product(x, attention.Key));
        string value = weights.ExactProduct(x, attention.Value);
        return graph.MicrosoftNode("MultiHeadAttention", [query, key, value, Biases(attention), inputs.MaskIndex, bias], attributes);
    }

    // Of queries, keys and values, which all have one or none has.
    private string Biases(AttentionDescription attention) =>
        attention.Query.Bias is { } query ? weights.Joined([query, attention.Key.Bias!, attention.Value.Bias!]) : "";

    private string Zeros(long count) => graph.Constant(new float[count], count);

    private string Projected(AttentionDescription attention, string x, string bias, OnnxAttribute[] attributes)
    {
        int keyHeads = attention.KeyValueHeads;
        string query = Turned(Project(x, attention, attention.Query, attention.QueryNorm, attention.Heads), attention, attention.Heads);
        string key = Turned(Project(x, attention, attention.Key, attention.KeyNorm, keyHeads), attention, keyHeads);
        string value = Clipped(weights.ExactLinear(x, attention.Value), attention);
        if (attention.Disentangled is { } positions)
        {
            string added = _disentangled.Write(attention, positions, query, key);
            bias = bias.Length == 0 ? added : graph.Node("Add", [added, bias]);
        }

        (key, value) = (Repeated(key, attention), Repeated(value, attention));
        return PlainAttentionWriter.IsNeeded(attention)
            ? _plain.Write(attention, query, key, value, bias)
            : graph.MicrosoftNode("MultiHeadAttention", [query, key, value, "", inputs.MaskIndex, bias], attributes);
    }

    private string Project(string x, AttentionDescription attention, LinearDescription linear, NormDescription? norm, int heads)
    {
        string y = Clipped(weights.Linear(x, linear), attention);
        return norm is null ? y : _norms.WriteHeads(norm, y, heads, attention.HeadSize);
    }

    private string Clipped(string x, AttentionDescription attention) =>
        attention.Clip is { } clip ? graph.Node("Clip", [x, graph.Constant([-clip]), graph.Constant([clip])]) : x;

    private string Turned(string x, AttentionDescription attention, int heads) =>
        attention.Rope is { } rope ? inputs.Rotate(x, heads, attention.HeadSize, rope) : x;

    // The operator wants a key for each query head.
    private string Repeated(string x, AttentionDescription attention)
    {
        int times = attention.Heads / attention.KeyValueHeads;
        if (times == 1)
        {
            return x;
        }

        string split = graph.Node("Reshape", [x, graph.Constant([0L, 0L, attention.KeyValueHeads, 1L, attention.HeadSize], 5)]);
        string repeated = graph.Node("Expand", [split, graph.Constant([1L, 1L, 1L, times, 1L], 5)]);
        return graph.Node("Reshape", [repeated, graph.Constant([0L, 0L, (long)attention.Heads * attention.HeadSize], 3)]);
    }
}
