using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes an MLP up to its last linear layer, which the residual stream takes.</summary>
internal sealed class MlpWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    public string Write(MlpDescription mlp, string x)
    {
        if (mlp.Gate is null)
        {
            return Activate(mlp.Activation, weights.Product(x, mlp.Up), mlp.Up.Bias);
        }

        string gate = mlp.GateMultiplier == 1
            ? Activate(mlp.Activation, weights.Product(x, mlp.Gate), mlp.Gate.Bias)
            : Activate(mlp.Activation, graph.Node("Mul", [weights.Linear(x, mlp.Gate), graph.Constant([mlp.GateMultiplier])]), null);
        return graph.Node("Mul", [gate, weights.Linear(x, mlp.Up)]);
    }

    /// <summary>The activation of x + bias. Kernels that take the bias save one pass over the widest values of the network.</summary>
    public string Activate(ActivationKind kind, string x, Weight? bias) => kind switch
    {
        ActivationKind.Gelu when bias is not null => graph.MicrosoftNode("BiasGelu", [x, weights.Single(bias)]),
        ActivationKind.Gelu => graph.MicrosoftNode("Gelu", [x]),
        ActivationKind.GeluTanh => graph.MicrosoftNode("FastGelu", bias is null ? [x] : [x, weights.Single(bias)]),
        ActivationKind.Silu => graph.MicrosoftNode("QuickGelu", [Biased(x, bias)], new OnnxAttribute("alpha", 1f)),
        ActivationKind.QuickGelu => graph.MicrosoftNode("QuickGelu", [Biased(x, bias)], new OnnxAttribute("alpha", 1.702f)),
        ActivationKind.Tanh => graph.Node("Tanh", [Biased(x, bias)]),
        ActivationKind.Relu => graph.Node("Relu", [Biased(x, bias)]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private string Biased(string x, Weight? bias) => bias is null ? x : graph.Node("Add", [x, weights.Single(bias)]);
}
