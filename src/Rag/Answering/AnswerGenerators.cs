using Microsoft.Extensions.AI;
using Rag.Index;
using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>Generators put together as the tool has them.</summary>
public static class AnswerGenerators
{
    private const double Least = 1e9;

    /// <summary>What answers where no language model writes: the words that a reader points at, and the best sentences where there is none or it cannot judge.</summary>
    /// <param name="index">Where the documents' text is, and quotes are verified.</param>
    /// <param name="embedder">Compares sentences with the question; null to go by words alone. Not disposed.</param>
    /// <param name="reader">Points at answers; null for the best sentences alone. Not disposed.</param>
    /// <param name="unrelatedSimilarity">The embedder's cosine of texts that have nothing to do with each other, see <see cref="SimilarityBaseline"/>.</param>
    /// <param name="refuses">Whether it may say that the documents do not answer; without, it gives the best there is: for measuring.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    public static IAnswerGenerator WithoutLanguageModel(
        IChunkIndex index,
        IEmbeddingGenerator<string, Embedding<float>>? embedder,
        ISpanReader? reader,
        double unrelatedSimilarity,
        bool refuses = true,
        TimeProvider? timeProvider = null)
    {
        var sentenceOptions = new ExtractiveAnswerOptions { UnrelatedSimilarity = unrelatedSimilarity };
        var entryOptions = new ExtractiveAnswerOptions { UnrelatedSimilarity = unrelatedSimilarity, EntriesOnly = true };
        var readingOptions = new ReadingAnswerOptions { UnrelatedSimilarity = unrelatedSimilarity };
        if (!refuses)
        {
            (sentenceOptions.MinCoverage, sentenceOptions.MinEvidence) = (-Least, -Least);
            (readingOptions.MinConfidence, readingOptions.MinMargin) = (-Least, -Least);
        }

        var sentences = new ExtractiveAnswerGenerator(index, embedder, sentenceOptions, timeProvider);
        return reader is null
            ? sentences
            : new ReadingAnswerGenerator(index, reader, sentences, new ExtractiveAnswerGenerator(index, embedder, entryOptions, timeProvider), readingOptions, timeProvider);
    }
}
