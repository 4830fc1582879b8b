using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// The inverted index. A new chunk only writes its terms record; when <see cref="MergeThreshold"/> chunks have gathered, the
/// writer turns them into postings in one go, which touches each page of the table once instead of once a document. Until then
/// a search reads their records. Removal takes a chunk out of both at once. Runs inside the caller's transaction.
/// </summary>
internal sealed class PostingsStore(IndexConnection connection)
{
    /// <summary>Chunks that may wait to be merged.</summary>
    public const int MergeThreshold = 256;

    private readonly BlobWriter _blob = new();

    /// <summary>Stores the terms of a chunk whose key is above all others.</summary>
    public void Add(long chunk, TermCounts terms) =>
        connection.Execute("INSERT INTO terms VALUES (@1, @2)", chunk, TermsRecord.Encode(terms, _blob));

    /// <summary>Removes chunks, given by consecutive keys, with all their postings.</summary>
    /// <returns>Their length in terms, together.</returns>
    public long Remove(long first, int count, long merged)
    {
        Dictionary<string, HashSet<long>> affected = new(StringComparer.Ordinal);
        long length = 0;
        foreach ((long chunk, byte[] record) in Records(first, first + count))
        {
            length += new BlobReader(record, connection.Path).Number();
            if (chunk <= merged)
            {
                TermsRecord.Decode(record, chunk, connection.Path, (term, posting) => Gather(affected, term).Add(posting.Chunk));
            }
        }

        foreach ((string term, HashSet<long> chunks) in affected)
        {
            RemovePostings(Encoding.UTF8.GetBytes(term), chunks, first, first + count);
        }

        connection.Execute("DELETE FROM terms WHERE chunk >= @1 AND chunk < @2", first, first + count);
        return length;
    }

    /// <summary>The length in terms, together, of chunks given by consecutive keys.</summary>
    public long Length(long first, int count)
    {
        long length = 0;
        foreach ((_, byte[] record) in Records(first, first + count))
        {
            length += new BlobReader(record, connection.Path).Number();
        }

        return length;
    }

    /// <summary>Turns the records after <paramref name="merged"/> into postings.</summary>
    public void Merge(long merged)
    {
        Dictionary<string, List<Posting>> gathered = new(StringComparer.Ordinal);
        foreach ((long chunk, byte[] record) in Records(merged + 1, long.MaxValue))
        {
            TermsRecord.Decode(record, chunk, connection.Path, (term, posting) => Gather(gathered, term).Add(posting));
        }

        // In order of term, so that neighbouring rows are written together.
        foreach ((string term, List<Posting> postings) in gathered.OrderBy(pair => pair.Key, StringComparer.Ordinal))
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
            PostingsBlock.Decode((byte[])row[1], row.GetInt64(0), connection.Path, postings);
        }
    }

    /// <summary>The terms records of a range of keys, in order.</summary>
    public List<(long Chunk, byte[] Record)> Records(long first, long past)
    {
        List<(long, byte[])> records = [];
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM terms WHERE chunk >= @1 AND chunk < @2 ORDER BY chunk", first, past);
        while (row.Read())
        {
            records.Add((row.GetInt64(0), (byte[])row[1]));
        }

        return records;
    }

    private void Append(byte[] term, List<Posting> added)
    {
        List<Posting> postings = [];
        long first = added[0].Chunk;
        using (SqliteDataReader row = connection.Query("SELECT first, data FROM postings WHERE term = @1 ORDER BY first DESC LIMIT 1", term))
        {
            if (row.Read())
            {
                PostingsBlock.Decode((byte[])row[1], row.GetInt64(0), connection.Path, postings);
                first = row.GetInt64(0);
            }
        }

        if (postings.Count >= PostingsBlock.MaxPostings)
        {
            postings.Clear();
            first = added[0].Chunk;
        }

        postings.AddRange(added);
        ReadOnlySpan<Posting> left = PostingsBlock.Span(postings);
        while (!left.IsEmpty)
        {
            ReadOnlySpan<Posting> block = left[..Math.Min(left.Length, PostingsBlock.MaxPostings)];
            connection.Execute("REPLACE INTO postings VALUES (@1, @2, @3)", term, first, PostingsBlock.Encode(first, block, _blob));
            left = left[block.Length..];
            first = left.IsEmpty ? 0 : left[0].Chunk;
        }
    }

    private void RemovePostings(byte[] term, HashSet<long> chunks, long first, long past)
    {
        List<(long First, byte[] Data)> blocks = [];
        using (SqliteDataReader row = connection.Query(
            "SELECT first, data FROM postings WHERE term = @1 AND first < @3 AND first >= coalesce((SELECT max(first) FROM postings WHERE term = @1 AND first <= @2), 0)",
            term, first, past))
        {
            while (row.Read())
            {
                blocks.Add((row.GetInt64(0), (byte[])row[1]));
            }
        }

        int removed = 0;
        List<Posting> postings = [];
        foreach ((long key, byte[] data) in blocks)
        {
            postings.Clear();
            PostingsBlock.Decode(data, key, connection.Path, postings);
            int gone = postings.RemoveAll(posting => chunks.Contains(posting.Chunk));
            removed += gone;
            if (postings.Count == 0)
            {
                connection.Execute("DELETE FROM postings WHERE term = @1 AND first = @2", term, key);
            }
            else if (gone > 0)
            {
                connection.Execute("UPDATE postings SET data = @3 WHERE term = @1 AND first = @2", term, key, PostingsBlock.Encode(key, PostingsBlock.Span(postings), _blob));
            }
        }

        if (removed != chunks.Count)
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost postings of a passage");
        }
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
