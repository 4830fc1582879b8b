using Rag.Evaluation.Collections;
using Rag.Evaluation.Retrieval;

namespace Rag.Cli.Output;

/// <summary>One row of <c>rag eval retrieval --json</c>.</summary>
internal sealed record EvaluationJson(
    string Collection, int Documents, int Queries, string Retriever, double Ndcg10, double Recall100, double Mrr10, double Map100)
{
    public static EvaluationJson From(RetrievalCollection collection, string retriever, RetrievalFigures figures) => new(
        collection.Name, collection.Documents.Count, figures.Queries, retriever, Math.Round(figures.Ndcg10, 4), Math.Round(figures.Recall100, 4), Math.Round(figures.Mrr10, 4), Math.Round(figures.Map100, 4));
}
