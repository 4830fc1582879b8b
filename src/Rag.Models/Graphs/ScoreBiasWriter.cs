using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes what is added to an encoder's scores by the tokens' places alone; layers that have the same share it.</summary>
internal sealed class ScoreBiasWriter(OnnxGraphBuilder graph, WeightWriter weights, EncoderInputs inputs)
{
    private readonly Dictionary<(int? Window, bool Causal), string> _limits = [];
    private readonly Dictionary<string, string> _relative = new(StringComparer.Ordinal);

    /// <summary>[1, 1 or heads, sequence, sequence]; nothing where every token sees all others alike.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="causal">Whether tokens after the query are to be hidden here.</param>
    public string Write(AttentionDescription attention, bool causal)
    {
        string limit = attention.Window is null && !causal ? "" : Limit(attention.Window, causal);
        string relative = attention.RelativeBias is null ? "" : Relative(attention.RelativeBias);
        return limit.Length > 0 && relative.Length > 0 ? graph.Node("Add", [relative, limit]) : limit + relative;
    }

    private string Limit(int? window, bool causal)
    {
        if (!_limits.TryGetValue((window, causal), out string? limit))
        {
            string hidden = (window, causal) switch
            {
                ({ } size, false) => OutOf(graph.Node("Abs", [inputs.Distances]), size),
                ({ } size, true) => graph.Node("Or", [OutOf(graph.Node("Neg", [inputs.Distances]), size), Ahead()]),
                _ => Ahead(),
            };
            string added = graph.Node("Where", [hidden, graph.Constant([EncoderInputs.Masked]), graph.Constant([0f])]);
            _limits.Add((window, causal), limit = graph.Node("Unsqueeze", [added, graph.Constant([0L, 1L], 2)]));
        }

        return limit;
    }

    private string Ahead() => graph.Node("Greater", [inputs.Distances, graph.Constant([0L])]);

    private string OutOf(string distances, int window) => graph.Node("GreaterOrEqual", [distances, graph.Constant([(long)window])]);

    // A row for each distance is laid out while loading, so that a run looks them up without a logarithm.
    private string Relative(RelativeBiasDescription bias)
    {
        if (!_relative.TryGetValue(bias.Table.Name, out string? relative))
        {
            long[] buckets = bias.Buckets();
            string rows = graph.Node("Gather", [weights.Single(bias.Table), graph.Constant(buckets, buckets.Length)]);
            string near = graph.Node("Clip", [inputs.Distances, graph.Constant([-(long)bias.MaxDistance]), graph.Constant([(long)bias.MaxDistance])]);
            string places = graph.Node("Add", [near, graph.Constant([(long)bias.MaxDistance])]);
            string values = graph.Node("Transpose", [graph.Node("Gather", [rows, places])], new OnnxAttribute("perm", [2, 0, 1]));
            _relative.Add(bias.Table.Name, relative = graph.Node("Unsqueeze", [values, graph.Constant([0L], 1)]));
        }

        return relative;
    }
}
