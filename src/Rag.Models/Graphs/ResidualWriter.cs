using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// The residual stream, always in single precision, where half precision would overflow: a sum, and a last addition that waits for the next norm so that both become one node
/// (com.microsoft SkipLayerNormalization and SkipSimplifiedLayerNormalization).
/// </summary>
internal sealed class ResidualWriter(OnnxGraphBuilder graph, WeightWriter weights, string start)
{
    private readonly NormWriter _norms = new(graph, weights);
    private string _sum = start;
    private string? _addend;
    private Weight? _bias;

    /// <summary>The sum as it stands, in single precision.</summary>
    public string Sum()
    {
        using FloatScope exact = graph.InSingle();
        if (_addend is not null)
        {
            string biased = _bias is null ? _addend : graph.Node("Add", [_addend, weights.Single(_bias)]);
            (_sum, _addend, _bias) = (graph.Node("Add", [_sum, biased]), null, null);
        }

        return _sum;
    }

    /// <summary>Adds what a block gives, normalised and multiplied where a norm and a factor say so.</summary>
    public void Add(BlockOutput output, NormDescription? norm = null, float multiplier = 1)
    {
        Sum();
        if (output.Last is { } last && norm is null && multiplier == 1)
        {
            (_addend, _bias) = (graph.Widened(weights.Product(output.Value, last)), last.Bias);
            return;
        }

        _addend = graph.Widened(output.Last is null ? output.Value : weights.Linear(output.Value, output.Last));
        using FloatScope exact = graph.InSingle();
        _addend = norm is null ? _addend : _norms.Write(norm, _addend);
        _addend = multiplier == 1 ? _addend : graph.Node("Mul", [_addend, graph.Constant([multiplier])]);
    }

    /// <summary>The sum, normalised; the sum itself goes on.</summary>
    public string Normalized(NormDescription? norm)
    {
        if (norm is null)
        {
            return graph.Narrowed(Sum());
        }

        (string normalized, string sum) = Write(norm, keepSum: true);
        (_sum, _addend, _bias) = (sum, null, null);
        return graph.Narrowed(normalized);
    }

    /// <summary>The sum, normalised, which takes the sum's place.</summary>
    public string NormalizeInPlace(NormDescription norm)
    {
        (string normalized, _) = Write(norm, keepSum: false);
        (_sum, _addend, _bias) = (normalized, null, null);
        return graph.Narrowed(normalized);
    }

    private (string Normalized, string Sum) Write(NormDescription norm, bool keepSum)
    {
        using FloatScope exact = graph.InSingle();
        if (_addend is null)
        {
            return (_norms.Write(norm, _sum), _sum);
        }

        bool layer = norm.Kind == NormKind.Layer;
        string weight = _norms.Weight(norm);
        string beta = norm.Bias is null ? "" : weights.Single(norm.Bias);
        string bias = _bias is null ? "" : weights.Single(_bias);
        string[] outputs = graph.Node(
            layer ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization",
            OnnxGraphBuilder.MicrosoftDomain,
            layer ? [_sum, _addend, weight, beta, bias] : [_sum, _addend, weight, bias],
            keepSum ? 4 : 1,
            new OnnxAttribute("epsilon", norm.Epsilon));
        return (outputs[0], keepSum ? outputs[3] : outputs[0]);
    }
}
