using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>
/// Sparse vectors: each chunk's own, which is the truth, and turned round into postings, place by place, for chunks up to
/// <see cref="IndexState.Merged"/>; those after it are searched by their own until the writer merges them together with the postings of
/// words. Runs inside the caller's transaction.
/// </summary>
internal sealed class SparseStore(IndexConnection connection)
{
    // Chunks to a merge: some megabytes while it lasts.
    private const int Batch = 4096;

    private readonly BlobWriter _blob = new();

    /// <summary>Stores the vector of a chunk whose key is above all others.</summary>
    public void Add(long chunk, byte[] textHash, SparseVector vector) =>
        connection.Execute("INSERT INTO sparse (chunk, text_hash, data) VALUES (@1, @2, @3)", chunk, textHash, SparseCodec.Encode(vector, chunk, _blob));

    /// <summary>The vector of any chunk with the same indexed text, or null.</summary>
    public SparseVector? Find(byte[] textHash, int dimensions)
    {
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM sparse WHERE text_hash = @1 LIMIT 1", textHash);
        return row.Read() ? SparseCodec.Decode((byte[])row[1], row.GetInt64(0), dimensions, connection.Path) : null;
    }

    /// <summary>The vector of a chunk.</summary>
    public SparseVector Read(long chunk, int dimensions) => connection.Scalar("SELECT data FROM sparse WHERE chunk = @1", chunk) is byte[] data
        ? SparseCodec.Decode(data, chunk, dimensions, connection.Path)
        : throw SqliteErrors.Damaged(connection.Path, "has lost the sparse vector of a passage");

    /// <summary>Vectors of chunks from <paramref name="first"/> to before <paramref name="past"/>, in order of key.</summary>
    public List<(long Chunk, byte[] Record)> Records(long first, long past)
    {
        List<(long, byte[])> records = [];
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM sparse WHERE chunk >= @1 AND chunk < @2 ORDER BY chunk", first, past);
        while (row.Read())
        {
            records.Add((row.GetInt64(0), (byte[])row[1]));
        }

        return records;
    }

    /// <summary>Removes chunks, given by consecutive keys, with their postings.</summary>
    public void Remove(long first, int count, long merged)
    {
        Dictionary<int, HashSet<long>> affected = [];
        foreach ((long chunk, byte[] record) in Records(first, Math.Min(first + count, merged + 1)))
        {
            foreach (int place in SparseCodec.Decode(record, chunk, VectorKinds.MaxDimensions, connection.Path).Ids)
            {
                Gather(affected, place).Add(chunk);
            }
        }

        foreach ((int place, HashSet<long> chunks) in affected)
        {
            RemovePostings(place, chunks, first, first + count);
        }

        connection.Execute("DELETE FROM sparse WHERE chunk >= @1 AND chunk < @2", first, first + count);
    }

    /// <summary>Makes postings of the chunks after <paramref name="merged"/>, of which there are none yet.</summary>
    public void Merge(long merged, long past)
    {
        // Keys of chunks that are gone leave holes; by key, not by number, so that memory stays bounded.
        for (long first = merged + 1; first < past; first += Batch)
        {
            SortedDictionary<int, List<SparsePosting>> gathered = [];
            foreach ((long chunk, byte[] record) in Records(first, Math.Min(past, first + Batch)))
            {
                SparseVector vector = SparseCodec.Decode(record, chunk, VectorKinds.MaxDimensions, connection.Path);
                for (int i = 0; i < vector.Ids.Length; i++)
                {
                    Gather(gathered, vector.Ids[i]).Add(new(chunk, vector.Weights[i]));
                }
            }

            foreach ((int place, List<SparsePosting> postings) in gathered)
            {
                Append(place, postings);
            }
        }
    }

    /// <summary>Makes all postings anew from the chunks' own vectors.</summary>
    public void Rebuild(long past)
    {
        connection.Execute("DELETE FROM sparse_postings");
        Merge(0, past);
    }

    /// <summary>Appends the postings of a place, in order of key.</summary>
    public void Read(int place, List<SparsePosting> postings)
    {
        using SqliteDataReader row = connection.Query("SELECT first, data FROM sparse_postings WHERE place = @1 ORDER BY first", place);
        while (row.Read())
        {
            SparseCodec.Decode((byte[])row[1], place, row.GetInt64(0), connection.Path, postings);
        }
    }

    private void Append(int place, List<SparsePosting> added)
    {
        List<SparsePosting> postings = [];
        long first = added[0].Chunk;
        using (SqliteDataReader row = connection.Query("SELECT first, data FROM sparse_postings WHERE place = @1 ORDER BY first DESC LIMIT 1", place))
        {
            if (row.Read())
            {
                SparseCodec.Decode((byte[])row[1], place, row.GetInt64(0), connection.Path, postings);
                first = row.GetInt64(0);
            }
        }

        if (postings.Count >= SparseCodec.MaxPostings)
        {
            postings.Clear();
            first = added[0].Chunk;
        }

        postings.AddRange(added);
        for (ReadOnlySpan<SparsePosting> left = CollectionsMarshal.AsSpan(postings); !left.IsEmpty;)
        {
            ReadOnlySpan<SparsePosting> block = left[..Math.Min(left.Length, SparseCodec.MaxPostings)];
            connection.Execute("REPLACE INTO sparse_postings (place, first, data) VALUES (@1, @2, @3)", place, first, SparseCodec.Encode(place, first, block, _blob));
            left = left[block.Length..];
            first = left.IsEmpty ? 0 : left[0].Chunk;
        }
    }

    private void RemovePostings(int place, HashSet<long> chunks, long first, long past)
    {
        List<(long First, List<SparsePosting> Postings)> blocks = [];
        using (SqliteDataReader row = connection.Query(
            "SELECT first, data FROM sparse_postings WHERE place = @1 AND first < @3 AND first >= coalesce((SELECT max(first) FROM sparse_postings WHERE place = @1 AND first <= @2), 0)",
            place, first, past))
        {
            while (row.Read())
            {
                List<SparsePosting> block = [];
                SparseCodec.Decode((byte[])row[1], place, row.GetInt64(0), connection.Path, block);
                blocks.Add((row.GetInt64(0), block));
            }
        }

        int removed = 0;
        foreach ((long key, List<SparsePosting> block) in blocks)
        {
            int gone = block.RemoveAll(posting => chunks.Contains(posting.Chunk));
            removed += gone;
            if (block.Count == 0)
            {
                connection.Execute("DELETE FROM sparse_postings WHERE place = @1 AND first = @2", place, key);
            }
            else if (gone > 0)
            {
                connection.Execute("UPDATE sparse_postings SET data = @3 WHERE place = @1 AND first = @2", place, key, SparseCodec.Encode(place, key, CollectionsMarshal.AsSpan(block), _blob));
            }
        }

        if (removed != chunks.Count)
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost postings of a passage's sparse vector");
        }
    }

    private static TItems Gather<TItems>(IDictionary<int, TItems> items, int place)
        where TItems : new() => items.TryGetValue(place, out TItems? found) ? found : items[place] = new();
}
