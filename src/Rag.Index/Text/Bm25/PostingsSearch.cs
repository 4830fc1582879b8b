namespace Rag.Index.Text;

/// <summary>Finds chunks in postings that are in order of key.</summary>
internal static class PostingsSearch
{
    /// <summary>The first posting from <paramref name="from"/> on whose key is at least <paramref name="chunk"/>, by galloping.</summary>
    public static int SkipTo(ReadOnlySpan<Posting> postings, int from, long chunk)
    {
        int low = from, step = 1;
        while (low + step < postings.Length && postings[low + step].Chunk < chunk)
        {
            low += step;
            step <<= 1;
        }

        int high = (int)Math.Min((long)low + step, postings.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (postings[middle].Chunk < chunk)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
