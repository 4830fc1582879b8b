using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Writes what disentangled attention adds to the scores. A key and a query for each bucket of distances are made while loading; a run
/// lays them out in the order of the distances between the sequence's ends, multiplies with them, and takes each row from another
/// start (the shift of Transformer-XL), which needs no table of indices of the size of the scores.
/// </summary>
internal sealed class DisentangledWriter(OnnxGraphBuilder graph, WeightWriter weights, EncoderInputs inputs)
{
    private readonly NormWriter _norms = new(graph, weights);
    private readonly Dictionary<bool, string> _near = [];
    private string? _rows;

    /// <param name="attention">The attention.</param>
    /// <param name="positions">The description of what is added.</param>
    /// <param name="query">[batch, sequence, heads * head size].</param>
    /// <param name="key">The same of the keys.</param>
    /// <returns>[batch, heads, sequence, sequence].</returns>
    public string Write(AttentionDescription attention, DisentangledDescription positions, string query, string key)
    {
        string content = positions.PositionKey is null ? "" : Product(attention, positions, query, positions.PositionKey, descending: true);
        string position = positions.PositionQuery is null
            ? ""
            : graph.Node("Transpose", [Product(attention, positions, key, positions.PositionQuery, descending: false)], new OnnxAttribute("perm", [0, 1, 3, 2]));
        return content.Length > 0 && position.Length > 0 ? graph.Node("Add", [content, position]) : content + position;
    }

    // Row i, column j: x_i times what is made of the distance j - i (of i - j where descending).
    private string Product(AttentionDescription attention, DisentangledDescription positions, string x, LinearDescription linear, bool descending)
    {
        string made = graph.Node("MatMul", [Table(positions), graph.Node("Transpose", [weights.Single(linear.Weight)], new OnnxAttribute("perm", [1, 0]))]);
        made = linear.Bias is null ? made : graph.Node("Add", [made, weights.Single(linear.Bias)]);
        string near = Heads(graph.Node("Gather", [made, Rows(positions, descending)]), [0, attention.Heads, attention.HeadSize], [1, 0, 2]);
        string heads = Heads(x, [0, 0, attention.Heads, attention.HeadSize], [0, 2, 1, 3]);
        return Shifted(graph.MicrosoftNode("FusedMatMul", [heads, near], new OnnxAttribute("transB", 1), new OnnxAttribute("alpha", attention.Scale)));
    }

    // The rows for the distances from 1 - length to length, or the other way round.
    private string Rows(DisentangledDescription positions, bool descending)
    {
        if (_near.TryGetValue(descending, out string? near))
        {
            return near;
        }

        int most = inputs.Network.MaxPositions;
        long[] rows = positions.Rows(most);
        if (descending)
        {
            Array.Reverse(rows);
        }

        string start = graph.Node("Sub", [graph.Constant([most + 1L], 1), inputs.Length]);
        string end = graph.Node("Add", [graph.Constant([most + 1L], 1), inputs.Length]);
        near = graph.Node("Slice", [graph.Constant(rows, rows.Length), start, end, graph.Constant([0L], 1)]);
        _near.Add(descending, near);
        return near;
    }

    // Of [.., length, 2 * length], row i from column length - 1 - i on. Read as one row, each begins 2 * length - 1 after the one before.
    private string Shifted(string x)
    {
        string one = graph.Constant([1L], 1);
        string last = graph.Node("Sub", [inputs.Length, one]);
        string width = graph.Node("Add", [inputs.Length, last]);
        string flat = graph.Node("Reshape", [x, graph.Constant([0L, 0L, -1L], 3)]);
        string end = graph.Node("Add", [last, graph.Node("Mul", [inputs.Length, width])]);
        flat = graph.Node("Slice", [flat, last, end, graph.Constant([2L], 1)]);
        string shape = graph.Node("Concat", [graph.Constant([0L, 0L], 2), inputs.Length, width], new OnnxAttribute("axis", 0));
        return graph.Node("Slice", [graph.Node("Reshape", [flat, shape]), graph.Constant([0L], 1), inputs.Length, graph.Constant([3L], 1)]);
    }

    private string Heads(string x, long[] split, long[] order) =>
        graph.Node("Transpose", [graph.Node("Reshape", [x, graph.Constant(split, split.Length)])], new OnnxAttribute("perm", order));

    // One table serves all layers.
    private string Table(DisentangledDescription positions) =>
        _rows ??= positions.Norm is null ? weights.Single(positions.Table) : _norms.Write(positions.Norm, weights.Single(positions.Table));
}
