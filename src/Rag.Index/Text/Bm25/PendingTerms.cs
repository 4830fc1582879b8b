using System.Text;

namespace Rag.Index.Text;

/// <summary>The terms records of chunks that are not merged yet, searched as they are.</summary>
internal static class PendingTerms
{
    /// <summary>Finds the postings of the given terms, each in order of key.</summary>
    public static Dictionary<string, PostingsList> Find(PostingsStore store, string location, IEnumerable<string> wanted)
    {
        (byte[] Term, PostingsList Found)[] sorted = [.. wanted.Select(term => (Encoding.UTF8.GetBytes(term), new PostingsList()))];
        Array.Sort(sorted, (a, b) => a.Term.AsSpan().SequenceCompareTo(b.Term));
        foreach ((long chunk, byte[] record) in store.Pending())
        {
            // Both come in order of bytes.
            int next = 0;
            TermsRecord.Decode(record, chunk, withPositions: true, location, (term, posting, positions) =>
            {
                int order = -1;
                while (next < sorted.Length && (order = sorted[next].Term.AsSpan().SequenceCompareTo(term)) < 0)
                {
                    next++;
                }

                if (next < sorted.Length && order == 0)
                {
                    sorted[next].Found.Add(posting, positions);
                }
            });
        }

        return sorted.ToDictionary(pair => Encoding.UTF8.GetString(pair.Term), pair => pair.Found, StringComparer.Ordinal);
    }
}
