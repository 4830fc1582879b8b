using Rag.Reading;

namespace Rag.Retrieval;

/// <summary>
/// Orders chunks by how surely a reader finds the answer in them: the margin of its best span over no answer (Clark and Gardner,
/// arXiv 1710.10723), and retrieval's score with it. For questions that a few words of one passage answer; for claims and
/// keywords the retriever's own order is better. A question that is not in English keeps its order. Safe for concurrent use.
/// </summary>
public sealed class ReadingReranker : IReranker
{
    private readonly PassageReading _reading;
    private readonly ReadingOptions _options;

    /// <summary>Creates the reranker.</summary>
    /// <param name="reader">Reads question and chunk together.</param>
    /// <param name="options">How many are read, and what retrieval counts beside; the defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ReadingReranker(ISpanReader reader, ReadingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _options = options ?? new ReadingOptions();
        _options.Validate();
        _reading = new PassageReading(reader, _options);
    }

    /// <inheritdoc/>
    /// <remarks>Chunks beyond <see cref="ReadingOptions.MaxPassages"/> follow those that were read, in their order.</remarks>
    public async ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(chunks);
        if (chunks.Count < 2 || !ReadableText.IsEnglish(query))
        {
            return chunks;
        }

        IReadOnlyList<ReadPassage> read = await _reading.ReadAsync(query, chunks, _options.MaxPassages, cancellationToken).ConfigureAwait(false);
        List<RetrievedChunk> ordered = [.. read.OrderByDescending(passage => passage.Score).Select(passage => Rescored(passage.Retrieved, passage.Score))];
        double last = read.Where(passage => passage.Reading is not null).Select(passage => passage.Score).DefaultIfEmpty(0).Min();
        for (int i = 0; i < ordered.Count; i++)
        {
            // Without a token to read there is no margin; such a chunk stands behind all that were read.
            ordered[i] = double.IsFinite(ordered[i].Score) ? ordered[i] : ordered[i] with { Score = --last };
        }

        ordered.AddRange(chunks.Skip(read.Count).Select(chunk => Rescored(chunk, --last)));
        return ordered;
    }

    private static RetrievedChunk Rescored(RetrievedChunk chunk, double score) =>
        chunk with { Score = score, RetrievalScore = chunk.RetrievalScore ?? chunk.Score };
}
