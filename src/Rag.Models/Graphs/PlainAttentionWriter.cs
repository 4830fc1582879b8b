using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// An encoder's attention in plain operators, for what the fused ones have no place for: a cap on scores, biases that grow with the
/// distance, and a logit whose share is dropped.
/// </summary>
internal sealed class PlainAttentionWriter(OnnxGraphBuilder graph, WeightWriter weights, EncoderInputs inputs)
{
    private string? _padding;

    /// <summary>Whether an attention needs this form.</summary>
    public static bool IsNeeded(AttentionDescription attention) => attention is not { SoftCap: 0, Alibi: null, Sinks: null };

    /// <param name="attention">What to write.</param>
    /// <param name="query">[batch, sequence, heads * head size], turned.</param>
    /// <param name="key">The same of the keys, one for each query head.</param>
    /// <param name="value">The same of the values.</param>
    /// <param name="bias">What is added to the scores by places; nothing where that is empty.</param>
    /// <returns>[batch, sequence, heads * head size].</returns>
    public string Write(AttentionDescription attention, string query, string key, string value, string bias)
    {
        string scores = graph.MicrosoftNode(
            "FusedMatMul", [Heads(attention, query), Heads(attention, key)], new OnnxAttribute("transB", 1), new OnnxAttribute("alpha", attention.Scale));
        if (attention.SoftCap != 0)
        {
            string cap = graph.Constant([attention.SoftCap]);
            scores = graph.Node("Mul", [graph.Node("Tanh", [graph.Node("Div", [scores, cap])]), cap]);
        }

        scores = attention.Alibi is null ? scores : graph.Node("Add", [scores, Slopes(attention.Alibi)]);
        scores = bias.Length == 0 ? scores : graph.Node("Add", [scores, bias]);
        string shares = Shares(attention, graph.Node("Add", [scores, _padding ??= Padding()]));
        string mixed = graph.Node("Transpose", [graph.Node("MatMul", [shares, Heads(attention, value)])], new OnnxAttribute("perm", [0, 2, 1, 3]));
        return graph.Node("Reshape", [mixed, graph.Constant([0L, 0L, (long)attention.Heads * attention.HeadSize], 3)]);
    }

    private string Shares(AttentionDescription attention, string scores)
    {
        if (attention.Sinks is not { } sinks)
        {
            return graph.Node("Softmax", [scores], new OnnxAttribute("axis", -1));
        }

        // One more key with a score of its own, of which only the share is lost.
        string column = graph.Node("Slice", [scores, graph.Constant([0L], 1), graph.Constant([1L], 1), graph.Constant([3L], 1)]);
        string sink = graph.Node("Reshape", [weights.Single(sinks), graph.Constant([1L, attention.Heads, 1L, 1L], 4)]);
        column = graph.Node("Add", [graph.Node("Mul", [column, graph.Constant([0f])]), sink]);
        string shares = graph.Node("Softmax", [graph.Node("Concat", [scores, column], new OnnxAttribute("axis", 3))], new OnnxAttribute("axis", -1));
        return graph.Node("Slice", [shares, graph.Constant([0L], 1), inputs.Length, graph.Constant([3L], 1)]);
    }

    // [1, heads, 1, sequence]: a slope times the key's place, which is its distance but for what all keys of a query share.
    private string Slopes(AlibiDescription alibi)
    {
        string places = Cast(inputs.Places, OnnxDataType.Float32);
        string slopes = graph.Constant(alibi.Slopes, 1, alibi.Slopes.Length, 1, 1);
        string products = alibi.RoundsToBFloat16
            ? Rounded(graph.Node("Mul", [Rounded(places), Rounded(slopes)]))
            : graph.Node("Mul", [places, slopes]);
        return alibi.Multiplier == 1 ? products : graph.Node("Mul", [products, graph.Constant([alibi.Multiplier])]);
    }

    // [batch, 1, 1, sequence].
    private string Padding()
    {
        string attended = graph.Node("Cast", [inputs.Mask], new OnnxAttribute("to", (long)OnnxDataType.Float32));
        string added = graph.Node("Mul", [graph.Node("Sub", [graph.Constant([1f]), attended]), graph.Constant([EncoderInputs.Masked])]);
        return graph.Node("Unsqueeze", [added, graph.Constant([1L, 2L], 2)]);
    }

    private string Heads(AttentionDescription attention, string x) => graph.Node(
        "Transpose", [graph.Node("Reshape", [x, graph.Constant([0L, 0L, attention.Heads, attention.HeadSize], 4)])], new OnnxAttribute("perm", [0, 2, 1, 3]));

    private string Rounded(string x) => Cast(Cast(x, OnnxDataType.BFloat16), OnnxDataType.Float32);

    private string Cast(string x, OnnxDataType type) => graph.Node("Cast", [x], new OnnxAttribute("to", (long)type));
}
