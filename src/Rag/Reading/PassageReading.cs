using Rag.Retrieval;

namespace Rag.Reading;

/// <summary>Reads retrieved chunks and scores them by reader and retriever together. Stateless beside its parts.</summary>
internal sealed class PassageReading(ISpanReader reader, ReadingOptions options)
{
    /// <summary>The chunks read, in the order retrieved.</summary>
    /// <param name="question">The question.</param>
    /// <param name="retrieved">What was retrieved, best first; at least one.</param>
    /// <param name="count">How many to read, from the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<IReadOnlyList<ReadPassage>> ReadAsync(
        string question, IReadOnlyList<RetrievedChunk> retrieved, int count, CancellationToken cancellationToken)
    {
        double most = retrieved.Max(Retrieval);
        RetrievedChunk[] chunks = [.. retrieved.Take(count)];
        IReadOnlyList<SpanReading?> readings =
            await reader.ReadAsync(question, [.. chunks.Select(item => item.Chunk.Text)], cancellationToken).ConfigureAwait(false);
        return [.. chunks.Select((item, i) => new ReadPassage(i + 1, item, readings[i], Score(item, readings[i], most)))];
    }

    private double Score(RetrievedChunk item, SpanReading? reading, double most) =>
        reading is null ? double.NegativeInfinity : reading.Margin + (options.RetrievalWeight * Share(Retrieval(item), most));

    private static double Retrieval(RetrievedChunk item) => item.RetrievalScore ?? item.Score;

    /// <summary>A share of the best, 0 to 1, so that it means the same whether words, vectors or both ranked.</summary>
    private static double Share(double score, double most) => most > 0 ? Math.Clamp(score / most, 0, 1) : 0;
}
