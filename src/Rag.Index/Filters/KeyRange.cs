namespace Rag.Index.Filters;

/// <summary>Keys from <paramref name="First"/> to before <paramref name="Past"/>.</summary>
internal readonly record struct KeyRange(long First, long Past);
