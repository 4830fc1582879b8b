using Rag.Documents;

namespace Rag.Runtime.Generation.Spans;

/// <summary>A span of a source and how probable a model finds it as its whole answer.</summary>
/// <param name="SourceId">The source's id; of several that hold it the first.</param>
/// <param name="Range">Its first place there.</param>
/// <param name="Text">The span: the source's text in that range.</param>
/// <param name="LogProbability">The natural logarithm of the probability that the model writes its tokens and then ends.</param>
/// <param name="Tokens">How many tokens it was written in, the end not counted.</param>
/// <param name="Occurrences">At how many places it stands.</param>
public sealed record ExtractedSpan(string SourceId, TextRange Range, string Text, double LogProbability, int Tokens, int Occurrences)
{
    /// <summary>What length-normalised spans are compared by.</summary>
    public double LogProbabilityPerToken => LogProbability / (Tokens + 1);
}
