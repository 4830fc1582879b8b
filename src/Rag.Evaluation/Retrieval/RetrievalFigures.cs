namespace Rag.Evaluation.Retrieval;

/// <summary>How well a retriever did on a collection: means over all queries.</summary>
/// <param name="Queries">Number of queries.</param>
/// <param name="Ndcg10">nDCG at 10 with linear gain.</param>
/// <param name="Recall100">Share of the relevant documents among the first 100.</param>
/// <param name="Mrr10">Reciprocal rank of the first relevant document among the first 10, otherwise 0.</param>
/// <param name="Map100">Mean average precision over the first 100.</param>
public sealed record RetrievalFigures(int Queries, double Ndcg10, double Recall100, double Mrr10, double Map100);
