namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Drops every token but those of a list.</summary>
internal sealed class AllowedTokensRule(IEnumerable<int> allowed) : ISamplingRule
{
    private readonly int[] _allowed = [.. allowed.Distinct().Order()];

    public void Apply(in SamplingStep step)
    {
        int next = 0;
        foreach (int id in _allowed)
        {
            step.Scores[next..id].Fill(float.NegativeInfinity);
            next = id + 1;
        }

        step.Scores[next..].Fill(float.NegativeInfinity);
    }
}
