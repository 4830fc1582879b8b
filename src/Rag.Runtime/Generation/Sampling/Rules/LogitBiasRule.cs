namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Adds a number to the score of single tokens.</summary>
internal sealed class LogitBiasRule(IReadOnlyDictionary<int, float> biases) : ISamplingRule
{
    private readonly KeyValuePair<int, float>[] _biases = [.. biases];

    public void Apply(in SamplingStep step)
    {
        foreach ((int id, float bias) in _biases)
        {
            step.Scores[id] += bias;
        }
    }
}
