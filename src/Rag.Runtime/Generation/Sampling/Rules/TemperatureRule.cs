using System.Numerics.Tensors;

namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Divides every score by the temperature.</summary>
internal sealed class TemperatureRule(float temperature) : ISamplingRule
{
    public void Apply(in SamplingStep step) => TensorPrimitives.Divide(step.Scores, temperature, step.Scores);
}
