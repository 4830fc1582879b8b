using Rag.Answering;
using Rag.Retrieval;

namespace Rag;

/// <summary>A question's way: retrieve, fuse, compose, generate, check citations.</summary>
public sealed class AnswerPipeline
{
    /// <summary>Creates the pipeline.</summary>
    public AnswerPipeline(IRetriever retriever, IAnswerGenerator generator, AnswerOptions? options = null, TimeProvider? timeProvider = null) =>
        throw new NotSupportedException($"{retriever}{generator}{options}{timeProvider}");

    /// <summary>The answer as it comes to be.</summary>
    public IAsyncEnumerable<AnswerPart> StreamAsync(Question question, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>The whole answer.</summary>
    public Task<Answer> AskAsync(Question question, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
