namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>A number for some tokens; FNV-1a over whole tokens, its bits mixed at the end (the finaliser of MurmurHash3).</summary>
internal static class NgramHash
{
    public const ulong Seed = 14695981039346656037;

    public static ulong Of(ReadOnlySpan<int> tokens, ulong seed = Seed)
    {
        ulong hash = seed;
        foreach (int token in tokens)
        {
            hash = unchecked((hash ^ (uint)token) * 1099511628211);
        }

        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccd);
        hash = unchecked((hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53);
        return hash ^ (hash >> 33);
    }
}
