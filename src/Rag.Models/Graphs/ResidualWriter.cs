using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// The residual stream: a sum, and a last addition that waits for the next norm so that both become one node
/// (com.microsoft SkipLayerNormalization and SkipSimplifiedLayerNormalization).
/// </summary>
internal sealed class ResidualWriter(OnnxGraphBuilder graph, WeightWriter weights, string start)
{
    private string _sum = start;
    private string? _addend;
    private Weight? _bias;

    /// <summary>The sum as it stands.</summary>
    public string Sum()
    {
        if (_addend is not null)
        {
            string biased = _bias is null ? _addend : graph.Node("Add", [_addend, weights.Single(_bias)]);
            (_sum, _addend, _bias) = (graph.Node("Add", [_sum, biased]), null, null);
        }

        return _sum;
    }

    /// <summary>Adds x W^T + b of a block's last linear layer.</summary>
    public void Add(string x, LinearDescription output)
    {
        _addend = weights.Product(x, output);
        _bias = output.Bias;
    }

    /// <summary>The sum, normalised; the sum itself goes on.</summary>
    public string Normalized(NormDescription norm)
    {
        (string normalized, string sum) = Write(norm, keepSum: true);
        (_sum, _addend, _bias) = (sum, null, null);
        return normalized;
    }

    /// <summary>The sum, normalised, which takes the sum's place.</summary>
    public string NormalizeInPlace(NormDescription norm)
    {
        (string normalized, _) = Write(norm, keepSum: false);
        (_sum, _addend, _bias) = (normalized, null, null);
        return normalized;
    }

    private (string Normalized, string Sum) Write(NormDescription norm, bool keepSum)
    {
        bool layer = norm.Kind == NormKind.Layer;
        string weight = weights.Single(norm.Weight);
        string beta = norm.Bias is null ? "" : weights.Single(norm.Bias);
        OnnxAttribute epsilon = new("epsilon", norm.Epsilon);
        if (_addend is null)
        {
            string normalized = graph.Node(
                layer ? "LayerNormalization" : "SimplifiedLayerNormalization", layer ? [_sum, weight, beta] : [_sum, weight], epsilon, new OnnxAttribute("axis", -1));
            return (normalized, _sum);
        }

        string bias = _bias is null ? "" : weights.Single(_bias);
        string[] outputs = graph.Node(
            layer ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization",
            OnnxGraphBuilder.MicrosoftDomain,
            layer ? [_sum, _addend, weight, beta, bias] : [_sum, _addend, weight, bias],
            keepSum ? 4 : 1,
            epsilon);
        return (outputs[0], keepSum ? outputs[3] : outputs[0]);
    }
}
