namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Drops the token that would complete a forbidden sequence. A stop token alone cannot be forbidden, as in transformers.</summary>
internal sealed class BadWordsRule(IEnumerable<IReadOnlyList<int>> words, int[] stopTokens) : ISamplingRule
{
    private readonly SequenceBiasRule _biases = new(words
        .Where(word => word.Count > 1 || !stopTokens.Contains(word[0]))
        .Select(word => new SequenceBias(word, float.NegativeInfinity)));

    public void Apply(in SamplingStep step) => _biases.Apply(step);
}
