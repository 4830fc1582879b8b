using System.Text;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// The chunks that wait to be merged, turned round in memory: read once, and after a commit only what is new. Answers for the commit
/// of the caller's transaction, whichever that is. Safe for concurrent use.
/// </summary>
internal sealed class PendingIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PostingsList> _terms = new(StringComparer.Ordinal);
    private long _removals = -1;
    private long _after;
    private long _last;

    /// <summary>The postings of the given terms that wait, each in order of key.</summary>
    public Dictionary<string, PostingsList> Find(PostingsStore store, string location, IndexState state, IEnumerable<string> wanted)
    {
        lock (_lock)
        {
            // What was merged is of no more use, unless by an older reader, for whom it is read again.
            if (state.Removals != _removals || state.Merged < _after || (state.Merged >= _last && _terms.Count > 0))
            {
                _terms.Clear();
                (_removals, _after, _last) = (-1, state.Merged, state.Merged);
            }

            // Until all is read, nothing counts as known.
            _removals = -1;
            Read(store, location);
            _removals = state.Removals;
            return wanted.ToDictionary(term => term, term => Of(term, state), StringComparer.Ordinal);
        }
    }

    private void Read(PostingsStore store, string location)
    {
        foreach ((long chunk, byte[] record) in store.Pending(_last))
        {
            TermsRecord.Decode(record, chunk, withPositions: true, location, Add);
            _last = chunk;
        }
    }

    private void Add(ReadOnlySpan<byte> term, Posting posting, ReadOnlySpan<int> positions)
    {
        Span<char> buffer = term.Length <= 256 ? stackalloc char[term.Length] : new char[term.Length];
        ReadOnlySpan<char> text = buffer[..Encoding.UTF8.GetChars(term, buffer)];
        var lookup = _terms.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out PostingsList? found))
        {
            lookup[text] = found = new();
        }

        found.Add(posting, positions);
    }

    // Those of one commit: after what was merged by then, before what came later.
    private PostingsList Of(string term, IndexState state)
    {
        PostingsList found = new();
        if (_terms.TryGetValue(term, out PostingsList? all))
        {
            int position = 0;
            foreach (Posting posting in all.Postings)
            {
                if (posting.Chunk > state.Merged && posting.Chunk < state.NextChunk)
                {
                    found.Add(posting, PositionCodec.Span(all.Positions).Slice(position, posting.Frequency));
                }

                position += posting.Frequency;
            }
        }

        return found;
    }
}
