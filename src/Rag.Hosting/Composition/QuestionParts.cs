using Rag.Answering;
using Rag.Retrieval;

namespace Rag.Hosting.Composition;

/// <summary>What a question needs beside the index.</summary>
/// <param name="Generator">Writes the answer.</param>
/// <param name="Reranker">Orders passages anew; null for the retriever's order.</param>
/// <param name="Pool">Passages given to the reranker; never fewer than asked for.</param>
internal sealed record QuestionParts(IAnswerGenerator Generator, IReranker? Reranker, int Pool);
