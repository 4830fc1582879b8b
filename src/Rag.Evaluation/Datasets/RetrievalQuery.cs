namespace Rag.Evaluation.Datasets;

/// <summary>A query of a retrieval collection.</summary>
/// <param name="Id">Its id in the judgements.</param>
/// <param name="Text">What is asked.</param>
public sealed record RetrievalQuery(string Id, string Text);
