namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Eta sampling (Hewitt et al., arXiv 2210.15191): as <see cref="EpsilonRule"/> with the threshold
/// min(epsilon, sqrt(epsilon) * exp(-entropy)), lower where the model is less sure.
/// </summary>
internal sealed class EtaRule(float epsilon) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        (double logTotal, double entropy) = Softmax.Entropy(step.Scores, step.Buffers.Weights);
        EpsilonRule.Drop(step.Scores, Math.Min(epsilon, Math.Sqrt(epsilon) * Math.Exp(-entropy)), logTotal);
    }
}
