using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>Writes the answer from what was retrieved: a language model, or the extractive fallback. Safe for concurrent use.</summary>
public interface IAnswerGenerator
{
    /// <summary>What stands in <see cref="Answer.Generator"/>: a model's name, or "extractive".</summary>
    string Name { get; }

    /// <summary>Pieces of text as they are written, and last a part with the whole <see cref="Answer"/>, citations checked.</summary>
    /// <param name="question">The question.</param>
    /// <param name="retrieved">What retrieval found, best first; may be empty.</param>
    /// <param name="cancellationToken">Ends writing within one step.</param>
    IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, CancellationToken cancellationToken = default);
}
