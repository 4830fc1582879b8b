namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>One rule that changes the scores of one step in place; negative infinity drops a token. Allocates nothing.</summary>
internal interface ISamplingRule
{
    /// <summary>Applies the rule. What it reads of the sequence it reads anew each time, so sequences may be rewound and forked.</summary>
    void Apply(in SamplingStep step);
}
