namespace Rag.Index.Text;

/// <summary>How often a phrase stands in a chunk.</summary>
internal static class PhraseMatcher
{
    /// <summary>The chunks that hold all terms of a phrase, ascending.</summary>
    /// <param name="lists">The postings of each term.</param>
    public static long[] Candidates(IReadOnlyList<List<Posting>> lists)
    {
        List<Posting> shortest = lists.MinBy(list => list.Count)!;
        List<long> candidates = [];
        int[] at = new int[lists.Count];
        foreach (Posting posting in shortest)
        {
            bool everywhere = true;
            for (int i = 0; i < lists.Count && everywhere; i++)
            {
                at[i] = PostingsSearch.SkipTo(PostingsBlock.Span(lists[i]), at[i], posting.Chunk);
                everywhere = at[i] < lists[i].Count && lists[i][at[i]].Chunk == posting.Chunk;
            }

            if (everywhere)
            {
                candidates.Add(posting.Chunk);
            }
        }

        return [.. candidates];
    }

    /// <summary>One posting for each chunk that holds the phrase, its frequency the number of times.</summary>
    /// <param name="phrase">The phrase.</param>
    /// <param name="lists">For each term of the phrase, the postings of the same chunks, with positions.</param>
    public static List<Posting> Match(Phrase phrase, IReadOnlyList<PostingsList> lists)
    {
        List<Posting> found = [];
        int[] starts = new int[lists.Count];
        for (int i = 0; i < lists[0].Postings.Count; i++)
        {
            int frequency = Frequency(phrase, lists, i, starts);
            if (frequency > 0)
            {
                found.Add(lists[0].Postings[i] with { Frequency = frequency });
            }

            for (int term = 0; term < starts.Length; term++)
            {
                starts[term] += lists[term].Postings[i].Frequency;
            }
        }

        return found;
    }

    private static int Frequency(Phrase phrase, IReadOnlyList<PostingsList> lists, int index, int[] starts)
    {
        int frequency = 0;
        foreach (int first in Positions(lists[0], index, starts[0]))
        {
            bool matches = true;
            for (int term = 1; term < starts.Length && matches; term++)
            {
                long wanted = (long)first - phrase.Terms[0].Offset + phrase.Terms[term].Offset;
                matches = wanted <= int.MaxValue && Positions(lists[term], index, starts[term]).BinarySearch((int)wanted) >= 0;
            }

            frequency += matches ? 1 : 0;
        }

        return frequency;
    }

    private static ReadOnlySpan<int> Positions(PostingsList list, int index, int start) =>
        PositionCodec.Span(list.Positions).Slice(start, list.Postings[index].Frequency);
}
