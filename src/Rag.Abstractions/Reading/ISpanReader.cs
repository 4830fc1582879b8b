namespace Rag.Reading;

/// <summary>Points at the words of a passage that answer a question, and says how much it believes that it answers at all. Safe for concurrent use.</summary>
public interface ISpanReader
{
    /// <summary>Reads passages for the answer to a question. A passage's reading does not depend on the others beyond rounding.</summary>
    /// <param name="question">The question; may be cut.</param>
    /// <param name="passages">The passages; any number.</param>
    /// <param name="cancellationToken">Ends the reading within a batch.</param>
    /// <returns>One reading per passage, in their order; null where a passage has nothing to read.</returns>
    /// <exception cref="RagException">A passage is too long, or the model failed.</exception>
    ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default);
}
