using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>The log-probabilities of the tokens of an update: comes with the text that they gave, where a request asks for it by "logprobs" or "top_logprobs".</summary>
/// <param name="tokens">In the order of the output; a stop token is not among them.</param>
public sealed class LogProbabilityContent(IReadOnlyList<ChosenToken> tokens) : AIContent
{
    /// <summary>In the order of the output; a stop token is not among them.</summary>
    public IReadOnlyList<ChosenToken> Tokens { get; } = tokens;
}
