namespace Rag.Models.Networks;

/// <summary>What a decoder keeps of each token for one layer: rows of <paramref name="Width"/> numbers for each head.</summary>
internal sealed record CacheDescription(CacheForm Form, int Heads, int Width);
