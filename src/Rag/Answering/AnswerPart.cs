using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>
/// One part of an answer as it comes to be: first what was retrieved, then text, last the whole. Exactly one property is set.
/// </summary>
public sealed record AnswerPart
{
    /// <summary>What retrieval found, best first; the first part.</summary>
    public IReadOnlyList<RetrievedChunk>? Retrieved { get; init; }

    /// <summary>The next piece of text.</summary>
    public string? Text { get; init; }

    /// <summary>The whole answer with its checked citations; the last part.</summary>
    public Answer? Answer { get; init; }
}
