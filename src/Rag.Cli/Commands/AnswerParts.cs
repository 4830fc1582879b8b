using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Evaluation.Answers;
using Rag.Evaluation.Retrieval;
using Rag.Index;
using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Cli.Commands;

/// <summary>The models that a measurement of answers works with, and what is made of them: the one place that says what is measured.</summary>
/// <param name="Embedder">The sentence encoder; null for words alone.</param>
/// <param name="Reader">The span reader; null where there is none.</param>
/// <param name="Reranking">Makes a reranker of the reader; null where nothing reranks.</param>
internal sealed record AnswerParts(
    IEmbeddingGenerator<string, Embedding<float>>? Embedder, ISpanReader? Reader = null, Func<ISpanReader, IReranker>? Reranking = null)
{
    /// <summary>What answers from an index.</summary>
    public IAnswerGenerator CreateGenerator(IChunkIndex index) => new ExtractiveAnswerGenerator(index, Embedder);

    /// <summary>What orders found chunks anew; null where nothing does.</summary>
    public IReranker? CreateReranker() => Reader is null ? null : Reranking?.Invoke(Reader);

    /// <summary>The same parts, which compute the same thing but once: for many questions, and not where time is taken.</summary>
    public AnswerParts Remembering() => this with
    {
        Embedder = Embedder is null ? null : new RememberingEmbedder(Embedder),
        Reader = Reader is null ? null : new RememberingSpanReader(Reader),
    };
}
