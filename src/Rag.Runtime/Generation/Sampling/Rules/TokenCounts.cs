namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Clears counts by token at no more cost than they were counted.</summary>
internal static class TokenCounts
{
    public static void Clear(Span<int> counts, ReadOnlySpan<int> tokens)
    {
        foreach (int id in tokens)
        {
            if ((uint)id < (uint)counts.Length)
            {
                counts[id] = 0;
            }
        }
    }
}
