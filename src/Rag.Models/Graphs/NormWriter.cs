using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes a normalisation that stands by itself.</summary>
internal sealed class NormWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    /// <summary>The norm's weight as it multiplies.</summary>
    public string Weight(NormDescription norm)
    {
        string stored = norm.HeadWeights is { } heads
            ? graph.Node("Reshape", [weights.Joined(heads), graph.Constant([heads.Count, -1], 2)])
            : weights.Single(norm.Weight);
        return norm.Offset == 0 ? stored : graph.Node("Add", [stored, graph.Constant([norm.Offset])]);
    }

    /// <summary>The norm of x over its last dimension.</summary>
    public string Write(NormDescription norm, string x) => Write(norm.Kind, x, Weight(norm), norm.Bias is null ? "" : weights.Single(norm.Bias), norm.Epsilon);

    /// <summary>The norm of [batch, sequence, heads * head size], of each head where the weight is no longer than one.</summary>
    public string WriteHeads(NormDescription norm, string x, int heads, int headSize)
    {
        long[] shape = norm.Weight.Shape;
        bool own = shape.Length == 2 || norm.HeadWeights is not null;
        if (!own && shape[0] == (long)heads * headSize && heads > 1)
        {
            return Write(norm, x);
        }

        string split = graph.Node("Reshape", [x, graph.Constant([0, 0, heads, headSize], 4)]);
        string normalized = own
            ? graph.Node("Mul", [Write(norm.Kind, split, graph.Constant(Ones(headSize), headSize), "", norm.Epsilon), Weight(norm)])
            : Write(norm, split);
        return graph.Node("Reshape", [normalized, graph.Constant([0, 0, (long)heads * headSize], 3)]);
    }

    /// <summary>The norm of equal parts of the last dimension, each by itself; the weight is that of all of them.</summary>
    public string WriteGroups(NormDescription norm, string x, int groups)
    {
        if (groups == 1)
        {
            return Write(norm, x);
        }

        long size = norm.Weight.Shape[0] / groups;
        string split = graph.Node("Reshape", [x, graph.Constant([0, 0, groups, size], 4)]);
        string normalized = Write(norm.Kind, split, graph.Constant(Ones((int)size), size), "", norm.Epsilon);
        return graph.Node("Mul", [graph.Node("Reshape", [normalized, graph.Constant([0, 0, groups * size], 3)]), Weight(norm)]);
    }

    private string Write(NormKind kind, string x, string weight, string bias, float epsilon) => graph.Node(
        kind == NormKind.Layer ? "LayerNormalization" : "SimplifiedLayerNormalization",
        kind == NormKind.Layer ? [x, weight, bias] : [x, weight],
        new OnnxAttribute("epsilon", epsilon),
        new OnnxAttribute("axis", -1));

    private static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
