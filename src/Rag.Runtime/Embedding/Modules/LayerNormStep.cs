using System.Numerics.Tensors;
using Rag.Models.Configuration;

namespace Rag.Runtime.Embedding.Modules;

/// <summary>A layer norm with PyTorch's epsilon (sentence-transformers, modules/layer_norm.py).</summary>
internal sealed class LayerNormStep : IVectorStep
{
    private const float Epsilon = 1e-5f;
    private readonly float[] _weight;
    private readonly float[] _bias;

    public LayerNormStep(LayerNormModule module)
    {
        StepWeights weights = new(module.FolderPath);
        _weight = weights.Read("norm.weight", module.Size);
        _bias = weights.Read("norm.bias", module.Size);
        Files = [weights.Path];
    }

    public int Outputs => _weight.Length;

    public IReadOnlyList<string> Files { get; }

    public string Name => "layer norm";

    public void Apply(ReadOnlySpan<float> vector, Span<float> result)
    {
        TensorPrimitives.Subtract(vector, TensorPrimitives.Sum(vector) / vector.Length, result);
        float variance = TensorPrimitives.SumOfSquares<float>(result) / result.Length;
        TensorPrimitives.Divide(result, MathF.Sqrt(variance + Epsilon), result);
        TensorPrimitives.MultiplyAdd(result, _weight, _bias, result);
    }
}
