namespace Rag.Runtime.Sessions;

/// <summary>The capacities that caches have.</summary>
internal static class CacheTiers
{
    /// <summary>The least of them.</summary>
    public const int First = 256;

    /// <summary>The capacity for a length: capacities double, so that what growing copies is little beside what was computed.</summary>
    /// <param name="length">Tokens for which there must be room.</param>
    /// <param name="least">The capacity that is there already, or 0.</param>
    /// <param name="most">The capacity for which no more is ever needed.</param>
    public static int For(int length, int least, int most)
    {
        int capacity = Math.Max(least, First);
        while (capacity < length)
        {
            capacity = (int)Math.Min(2L * capacity, int.MaxValue);
        }

        return Math.Min(capacity, most);
    }

    /// <summary>The memory of one sequence's cache.</summary>
    public static long Bytes(CacheLayout layout, int capacity) => ((capacity * layout.FloatsPerToken) + (2 * layout.StateFloats)) * sizeof(float);

    /// <summary>The most memory on the way to a length: while a cache grows, the half as large one is there too.</summary>
    public static long MostBytes(CacheLayout layout, int length, int most)
    {
        int capacity = For(length, 0, most);
        return Bytes(layout, capacity) + (capacity > First ? Bytes(layout, (capacity + 1) / 2) : 0);
    }
}
