namespace Rag.Evaluation.Datasets;

/// <summary>Which documents answer which query, and how well: query id to document id to grade.</summary>
/// <param name="Queries">The judgements of each query, in the file's order of queries.</param>
public sealed record Judgements(IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Queries);
