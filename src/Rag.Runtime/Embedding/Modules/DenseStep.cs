using System.Numerics.Tensors;
using Rag.Models.Configuration;

namespace Rag.Runtime.Embedding.Modules;

/// <summary>act(W x + b) (sentence-transformers, modules/dense.py): one product for each text, thousands of times less than the encoder's.</summary>
internal sealed class DenseStep : IVectorStep
{
    private readonly DenseModule _module;
    private readonly float[] _weight;
    private readonly float[]? _bias;

    public DenseStep(DenseModule module)
    {
        StepWeights weights = new(module.FolderPath);
        _module = module;
        _weight = weights.Read("linear.weight", module.Outputs, module.Inputs);
        _bias = module.Bias ? weights.Read("linear.bias", module.Outputs) : null;
        Files = [weights.Path];
    }

    public int Outputs => _module.Outputs;

    public IReadOnlyList<string> Files { get; }

    public string Name => FormattableString.Invariant($"dense {_module.Outputs}") + (_module.Activation == VectorActivation.Identity ? "" : $" {_module.Activation.ToString().ToLowerInvariant()}");

    public void Apply(ReadOnlySpan<float> vector, Span<float> result)
    {
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = TensorPrimitives.Dot(vector, _weight.AsSpan(i * vector.Length, vector.Length));
        }

        if (_bias is not null)
        {
            TensorPrimitives.Add(result, _bias, result);
        }

        if (_module.Activation != VectorActivation.Identity)
        {
            foreach (ref float value in result)
            {
                value = (float)Activate(_module.Activation, value);
            }
        }
    }

    private static double Activate(VectorActivation activation, double x) => activation switch
    {
        VectorActivation.Tanh => Math.Tanh(x),
        VectorActivation.ReLU => Math.Max(x, 0),
        VectorActivation.GELU => x * NormalDistribution.Cumulative(x),
        VectorActivation.SiLU => x / (1 + Math.Exp(-x)),
        VectorActivation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
