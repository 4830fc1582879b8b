using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// The inverted index. A new chunk only writes its terms, once to stay and once with positions to wait; when enough chunks have gathered
/// (<see cref="MergeThreshold(long, int)"/>), the writer turns what waits into postings in one go, which touches each page of the table once instead
/// of once a document. Until then a search reads their records. Removal takes a chunk out of all at once. Runs inside the caller's
/// transaction.
/// </summary>
internal sealed class PostingsStore(IndexConnection connection)
{
    private const int LeastWaiting = 1024;

    private const string ChunkTerms = "SELECT chunk, data FROM terms WHERE chunk >= @1 AND chunk < @2 ORDER BY chunk";

    private readonly BlobWriter _blob = new();

    /// <summary>
    /// How many chunks may wait to be merged: the more there are, the more pages a merge touches; bounded, since a process's first
    /// search reads all that waits.
    /// </summary>
    public static long MergeThreshold(long chunks, int most) => Math.Clamp(chunks, Math.Min(LeastWaiting, most), most);

    /// <summary>Stores the terms of a chunk whose key is above all others.</summary>
    public void Add(long chunk, TermCounts terms)
    {
        connection.Execute("INSERT INTO terms VALUES (@1, @2)", chunk, TermsRecord.Encode(terms, chunk, withPositions: false, _blob));
        connection.Execute("INSERT INTO pending VALUES (@1, @2)", chunk, TermsRecord.Encode(terms, chunk, withPositions: true, _blob));
    }

    /// <summary>Removes the chunks of documents with all their postings; each block of postings is written once.</summary>
    /// <returns>Their length in terms, together.</returns>
    public long Remove(IEnumerable<StoredDocument> places, long merged)
    {
        Dictionary<string, List<long>> affected = new(StringComparer.Ordinal);
        long length = 0;
        foreach (StoredDocument place in places.OrderBy(place => place.FirstChunk))
        {
            long past = place.FirstChunk + place.Chunks;
            foreach ((long chunk, byte[] record) in Records(ChunkTerms, place.FirstChunk, past))
            {
                length += TermsRecord.Head(record, chunk, connection.Path).Length;
                if (chunk <= merged)
                {
                    TermsRecord.Decode(record, chunk, withPositions: false, connection.Path, (term, posting, _) => Gather(affected, term).Add(posting.Chunk));
                }
            }

            connection.Execute("DELETE FROM terms WHERE chunk >= @1 AND chunk < @2", place.FirstChunk, past);
            connection.Execute("DELETE FROM pending WHERE chunk >= @1 AND chunk < @2", place.FirstChunk, past);
        }

        foreach ((string term, List<long> chunks) in affected)
        {
            RemovePostings(Encoding.UTF8.GetBytes(term), chunks);
        }

        return length;
    }

    /// <summary>The length in terms, together, of chunks given by consecutive keys.</summary>
    public long Length(long first, int count)
    {
        long length = 0;
        foreach ((long chunk, byte[] record) in Records(ChunkTerms, first, first + count))
        {
            length += TermsRecord.Head(record, chunk, connection.Path).Length;
        }

        return length;
    }

    /// <summary>Turns everything that waits into postings.</summary>
    public void Merge()
    {
        Dictionary<string, PostingsList> gathered = new(StringComparer.Ordinal);
        foreach ((long chunk, byte[] record) in Pending())
        {
            TermsRecord.Decode(record, chunk, withPositions: true, connection.Path, (term, posting, positions) => Gather(gathered, term).Add(posting, positions));
        }

        // First, so that postings grow into the pages that become free.
        connection.Execute("DELETE FROM pending");

        // In order of term, so that neighbouring rows are written together.
        bool isFirst = connection.Scalar("SELECT 1 FROM postings LIMIT 1") is null;
        foreach ((string term, PostingsList postings) in gathered.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(Encoding.UTF8.GetBytes(term), postings, isFirst);
        }
    }

    /// <summary>Every posting of a term in the table, in order of key.</summary>
    public void Read(byte[] term, List<Posting> postings)
    {
        using SqliteDataReader row = connection.Query("SELECT first, data FROM postings WHERE term = @1 ORDER BY first", term);
        while (row.Read())
        {
            PostingsBlock.Decode((byte[])row[1], term, row.GetInt64(0), connection.Path, postings);
        }
    }

    /// <summary>The postings of a term in the table whose chunks are among the given ones, which ascend, with their positions.</summary>
    public void ReadPositions(byte[] term, ReadOnlySpan<long> chunks, PostingsList found)
    {
        if (chunks.IsEmpty)
        {
            return;
        }

        PostingsList block = new();
        using SqliteDataReader row = connection.Query(
            "SELECT first, data, positions FROM postings WHERE term = @1 AND first <= @3 AND first >= coalesce((SELECT max(first) FROM postings WHERE term = @1 AND first <= @2), 0) ORDER BY first",
            term, chunks[0], chunks[^1]);
        while (row.Read() && !chunks.IsEmpty)
        {
            block.Clear();
            PostingsBlock.Decode((byte[])row[1], term, row.GetInt64(0), connection.Path, block.Postings);
            chunks = SkipBelow(chunks, row.GetInt64(0));
            if (!chunks.IsEmpty && block.Postings.Count > 0 && chunks[0] <= block.Postings[^1].Chunk)
            {
                PostingsBlock.DecodePositions((byte[])row[2], term, row.GetInt64(0), PostingsBlock.Span(block.Postings), connection.Path, block.Positions);
                block.CopyTo(found, ref chunks);
            }
        }
    }

    /// <summary>The records that wait to be merged, with positions, in order of key.</summary>
    /// <param name="after">Only those with greater keys.</param>
    public List<(long Chunk, byte[] Record)> Pending(long after = 0) => Records("SELECT chunk, data FROM pending WHERE chunk > @1 ORDER BY chunk", after);

    private List<(long Chunk, byte[] Record)> Records(string query, params ReadOnlySpan<object?> values)
    {
        List<(long, byte[])> records = [];
        using SqliteDataReader row = connection.Query(query, values);
        while (row.Read())
        {
            records.Add((row.GetInt64(0), (byte[])row[1]));
        }

        return records;
    }

    private static ReadOnlySpan<long> SkipBelow(ReadOnlySpan<long> chunks, long first)
    {
        int index = chunks.BinarySearch(first);
        return chunks[(index < 0 ? ~index : index)..];
    }

    private void Append(byte[] term, PostingsList added, bool isFirst)
    {
        (long first, PostingsList postings) = isFirst ? (added.Postings[0].Chunk, added) : AfterLast(term, added);
        ReadOnlySpan<Posting> left = PostingsBlock.Span(postings.Postings);
        ReadOnlySpan<int> positions = PositionCodec.Span(postings.Positions);
        while (!left.IsEmpty)
        {
            ReadOnlySpan<Posting> block = left[..Math.Min(left.Length, PostingsBlock.MaxPostings)];
            int used = 0;
            foreach (Posting posting in block)
            {
                used += posting.Frequency;
            }

            connection.Execute(
                "REPLACE INTO postings VALUES (@1, @2, @3, @4)",
                term, first, PostingsBlock.Encode(term, first, block, _blob), PostingsBlock.EncodePositions(term, first, block, positions, _blob));
            positions = positions[used..];
            left = left[block.Length..];
            first = left.IsEmpty ? 0 : left[0].Chunk;
        }
    }

    // What is added, behind what a block that is not full has already.
    private (long First, PostingsList Postings) AfterLast(byte[] term, PostingsList added)
    {
        using SqliteDataReader row = connection.Query("SELECT first, data, positions FROM postings WHERE term = @1 ORDER BY first DESC LIMIT 1", term);
        if (!row.Read())
        {
            return (added.Postings[0].Chunk, added);
        }

        PostingsList postings = new();
        Decode(row, term, postings);
        if (postings.Postings.Count >= PostingsBlock.MaxPostings)
        {
            return (added.Postings[0].Chunk, added);
        }

        postings.AddRange(added);
        return (row.GetInt64(0), postings);
    }

    // Chunks ascend, and a term has a posting of each; blocks begin where the one before ends.
    private void RemovePostings(byte[] term, List<long> chunks)
    {
        HashSet<long> gone = [.. chunks];
        PostingsList block = new();
        for (int next = 0; next < chunks.Count;)
        {
            long first = ReadBlock(term, chunks[next], block);
            int removed = block.Remove(gone);
            if (removed == 0)
            {
                throw SqliteErrors.Damaged(connection.Path, "has lost postings of a passage");
            }

            next += removed;
            if (block.Postings.Count == 0)
            {
                connection.Execute("DELETE FROM postings WHERE term = @1 AND first = @2", term, first);
                continue;
            }

            ReadOnlySpan<Posting> kept = PostingsBlock.Span(block.Postings);
            connection.Execute(
                "UPDATE postings SET data = @3, positions = @4 WHERE term = @1 AND first = @2",
                term, first, PostingsBlock.Encode(term, first, kept, _blob), PostingsBlock.EncodePositions(term, first, kept, PositionCodec.Span(block.Positions), _blob));
        }
    }

    // The block in which a chunk's posting stands, and its key.
    private long ReadBlock(byte[] term, long chunk, PostingsList block)
    {
        block.Clear();
        using SqliteDataReader row = connection.Query("SELECT first, data, positions FROM postings WHERE term = @1 AND first <= @2 ORDER BY first DESC LIMIT 1", term, chunk);
        if (!row.Read())
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost postings of a passage");
        }

        Decode(row, term, block);
        return row.GetInt64(0);
    }

    private void Decode(SqliteDataReader row, byte[] term, PostingsList block)
    {
        PostingsBlock.Decode((byte[])row[1], term, row.GetInt64(0), connection.Path, block.Postings);
        PostingsBlock.DecodePositions((byte[])row[2], term, row.GetInt64(0), PostingsBlock.Span(block.Postings), connection.Path, block.Positions);
    }

    private static TItems Gather<TItems>(Dictionary<string, TItems> items, ReadOnlySpan<byte> term)
        where TItems : new()
    {
        Span<char> buffer = term.Length <= 256 ? stackalloc char[term.Length] : new char[term.Length];
        ReadOnlySpan<char> text = buffer[..Encoding.UTF8.GetChars(term, buffer)];
        var lookup = items.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out TItems? found))
        {
            lookup[text] = found = new();
        }

        return found;
    }
}
