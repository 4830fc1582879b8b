using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Evaluation.Retrieval;
using Rag.Index;
using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Cli.Commands;

/// <summary>The models that a measurement of answers works with, and what is made of them: the one place that says what is measured.</summary>
/// <param name="Embedder">The sentence encoder; null for words alone.</param>
/// <param name="Reader">The span reader; null where there is none.</param>
/// <param name="UnrelatedSimilarity">The encoder's cosine of texts that have nothing to do with each other.</param>
internal sealed record AnswerParts(IEmbeddingGenerator<string, Embedding<float>>? Embedder, ISpanReader? Reader, double UnrelatedSimilarity)
{
    private const int RememberedReadings = 1_000_000;

    /// <summary>Whether what answers may refuse, as the tool's does.</summary>
    public bool Refuses { get; init; } = true;

    /// <summary>What answers from an index, as the tool itself does it.</summary>
    public IAnswerGenerator CreateGenerator(IChunkIndex index) => AnswerGenerators.WithoutLanguageModel(index, Embedder, Reader, UnrelatedSimilarity, Refuses);

    /// <summary>What orders found chunks anew; null where nothing does.</summary>
    public IReranker? CreateReranker() => Reader is null ? null : new ReadingReranker(Reader);

    /// <summary>Parts that read a passage once for ordering and answering, as the tool's do.</summary>
    public AnswerParts Sharing() => this with { Reader = Reader is null ? null : new RememberingSpanReader(Reader) };

    /// <summary>The same parts, which compute the same thing but once: for many questions, and not where time is taken.</summary>
    public AnswerParts Remembering() => this with
    {
        Embedder = Embedder is null ? null : new RememberingEmbedder(Embedder),
        Reader = Reader is null ? null : new RememberingSpanReader(Reader, RememberedReadings),
    };
}
