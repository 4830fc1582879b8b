namespace Rag.Index.Maintenance;

/// <summary>How far a check, a rebuild, an export or an import is.</summary>
/// <param name="Step">What is being done, such as "texts" or "terms".</param>
/// <param name="Done">How many of them are done.</param>
/// <param name="Total">How many there are; null where that is not known.</param>
public readonly record struct IndexProgress(string Step, long Done, long? Total);
