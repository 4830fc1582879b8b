using System.Numerics.Tensors;

namespace Rag.Runtime.Embedding.Modules;

/// <summary>Division by the L2 norm (sentence-transformers, modules/normalize.py).</summary>
internal sealed class NormalizeStep(int size) : IVectorStep
{
    public int Outputs => size;

    public IReadOnlyList<string> Files => [];

    public string Name => "normalised";

    public void Apply(ReadOnlySpan<float> vector, Span<float> result) =>
        TensorPrimitives.Divide(vector, MathF.Max(TensorPrimitives.Norm(vector), 1e-12f), result);
}
