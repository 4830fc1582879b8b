using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// The inverted index. A new chunk only writes its terms, once to stay and once with positions to wait; when enough chunks have gathered
/// (<see cref="MergeThreshold(long)"/>), the writer turns what waits into postings in one go, which touches each page of the table once instead
/// of once a document. Until then a search reads their records. Removal takes a chunk out of all at once. Runs inside the caller's
/// transaction.
/// </summary>
internal sealed class PostingsStore(IndexConnection connection)
{
    private const int LeastWaiting = 256, MostWaiting = 1024, WaitingShare = 8;

    private const string ChunkTerms = "SELECT chunk, data FROM terms WHERE chunk >= @1 AND chunk < @2 ORDER BY chunk";

    private readonly BlobWriter _blob = new();

    /// <summary>
    /// How many chunks may wait to be merged: the more there are, the more pages a merge touches, and the less what waits adds to a
    /// search; bounded, since a search reads all that waits.
    /// </summary>
    public static long MergeThreshold(long chunks) => Math.Clamp(chunks / WaitingShare, LeastWaiting, MostWaiting);

    /// <summary>Stores the terms of a chunk whose key is above all others.</summary>
    public void Add(long chunk, TermCounts terms)
    {
        connection.Execute("INSERT INTO terms VALUES (@1, @2)", chunk, TermsRecord.Encode(terms, chunk, withPositions: false, _blob));
        connection.Execute("INSERT INTO pending VALUES (@1, @2)", chunk, TermsRecord.Encode(terms, chunk, withPositions: true, _blob));
    }

    /// <summary>Removes chunks, given by consecutive keys, with all their postings.</summary>
    /// <returns>Their length in terms, together.</returns>
    public long Remove(long first, int count, long merged)
    {
        Dictionary<string, HashSet<long>> affected = new(StringComparer.Ordinal);
        long length = 0;
        foreach ((long chunk, byte[] record) in Records(ChunkTerms, first, first + count))
        {
            length += TermsRecord.Head(record, chunk, connection.Path).Length;
            if (chunk <= merged)
            {
                TermsRecord.Decode(record, chunk, withPositions: false, connection.Path, (term, posting, _) => Gather(affected, term).Add(posting.Chunk));
            }
        }

        foreach ((string term, HashSet<long> chunks) in affected)
        {
            RemovePostings(Encoding.UTF8.GetBytes(term), chunks, first, first + count);
        }

        connection.Execute("DELETE FROM terms WHERE chunk >= @1 AND chunk < @2", first, first + count);
        connection.Execute("DELETE FROM pending WHERE chunk >= @1 AND chunk < @2", first, first + count);
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
        foreach ((string term, PostingsList postings) in gathered.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(Encoding.UTF8.GetBytes(term), postings);
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
    public List<(long Chunk, byte[] Record)> Pending() => Records("SELECT chunk, data FROM pending ORDER BY chunk");

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

    private void Append(byte[] term, PostingsList added)
    {
        PostingsList postings = new();
        long first = added.Postings[0].Chunk;
        using (SqliteDataReader row = connection.Query("SELECT first, data, positions FROM postings WHERE term = @1 ORDER BY first DESC LIMIT 1", term))
        {
            if (row.Read())
            {
                Decode(row, term, postings);
                first = row.GetInt64(0);
            }
        }

        if (postings.Postings.Count >= PostingsBlock.MaxPostings)
        {
            postings.Clear();
            first = added.Postings[0].Chunk;
        }

        postings.AddRange(added);
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

    private void RemovePostings(byte[] term, HashSet<long> chunks, long first, long past)
    {
        List<(long First, PostingsList Block)> blocks = [];
        using (SqliteDataReader row = connection.Query(
            "SELECT first, data, positions FROM postings WHERE term = @1 AND first < @3 AND first >= coalesce((SELECT max(first) FROM postings WHERE term = @1 AND first <= @2), 0)",
            term, first, past))
        {
            while (row.Read())
            {
                PostingsList block = new();
                Decode(row, term, block);
                blocks.Add((row.GetInt64(0), block));
            }
        }

        int removed = 0;
        foreach ((long key, PostingsList block) in blocks)
        {
            int gone = block.Remove(chunks);
            removed += gone;
            if (block.Postings.Count == 0)
            {
                connection.Execute("DELETE FROM postings WHERE term = @1 AND first = @2", term, key);
            }
            else if (gone > 0)
            {
                ReadOnlySpan<Posting> kept = PostingsBlock.Span(block.Postings);
                connection.Execute(
                    "UPDATE postings SET data = @3, positions = @4 WHERE term = @1 AND first = @2",
                    term, key, PostingsBlock.Encode(term, key, kept, _blob), PostingsBlock.EncodePositions(term, key, kept, PositionCodec.Span(block.Positions), _blob));
            }
        }

        if (removed != chunks.Count)
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost postings of a passage");
        }
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
