namespace Rag.Index;

/// <summary>How much there is to read.</summary>
/// <param name="Documents">Documents, those without chunks too.</param>
/// <param name="Chunks">Their chunks.</param>
public sealed record IndexCounts(long Documents, long Chunks);
