using System.Text;

namespace Rag.Index.Text;

/// <summary>The terms records of chunks that are not merged yet, searched as they are.</summary>
internal static class PendingTerms
{
    /// <summary>Finds the postings of the given terms, each in order of key.</summary>
    public static Dictionary<string, List<Posting>> Find(PostingsStore store, string location, IReadOnlyDictionary<string, int> wanted, long merged)
    {
        Dictionary<string, List<Posting>> found = new(StringComparer.Ordinal);
        foreach (string term in wanted.Keys)
        {
            found.Add(term, []);
        }

        var lookup = found.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach ((long chunk, byte[] record) in store.Records(merged + 1, long.MaxValue))
        {
            TermsRecord.Decode(record, chunk, location, (term, posting) =>
            {
                Span<char> buffer = term.Length <= 256 ? stackalloc char[term.Length] : new char[term.Length];
                if (lookup.TryGetValue(buffer[..Encoding.UTF8.GetChars(term, buffer)], out List<Posting>? postings))
                {
                    postings.Add(posting);
                }
            });
        }

        return found;
    }
}
