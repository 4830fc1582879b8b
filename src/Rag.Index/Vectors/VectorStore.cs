using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>
/// The table of vectors. Beside each stands the hash of the text that it was made of, by which it is found again for the same text
/// in another version of the document, or in another document. Runs inside the caller's transaction.
/// </summary>
internal sealed class VectorStore(IndexConnection connection)
{
    private const int HashLength = 16;

    /// <summary>Stores a chunk's vector in its stored form.</summary>
    public void Add(long key, Chunk chunk, byte[] vector)
    {
        byte[] hash = Hash(chunk);
        BlobWriter.Seal(vector, Seed(key, hash));
        connection.Execute("INSERT INTO vectors (chunk, text_hash, data) VALUES (@1, @2, @3)", key, hash, vector);
    }

    /// <summary>Reads the vector of a row with the columns chunk, text_hash, data.</summary>
    public static void Read(SqliteDataReader row, VectorForm form, Span<float> vector, string location) =>
        form.Decode((byte[])row[2], vector, location, Seed(row.GetInt64(0), (byte[])row[1]));

    /// <summary>Reads the vector of a chunk.</summary>
    public void Read(long key, VectorForm form, Span<float> vector)
    {
        using SqliteDataReader row = connection.Query("SELECT chunk, text_hash, data FROM vectors WHERE chunk = @1", key);
        if (!row.Read())
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost the vector of a passage");
        }

        Read(row, form, vector, connection.Path);
    }

    /// <summary>Removes the vectors of chunks with consecutive keys.</summary>
    public void Remove(long first, int count) =>
        connection.Execute("DELETE FROM vectors WHERE chunk >= @1 AND chunk < @2", first, first + count);

    /// <summary>The vector of any chunk with the same indexed text, or null.</summary>
    public float[]? Find(Chunk chunk, VectorForm form)
    {
        byte[] hash = Hash(chunk);
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM vectors WHERE substr(text_hash, 1, 8) = substr(@1, 1, 8) AND text_hash = @1 LIMIT 1", hash);
        if (!row.Read())
        {
            return null;
        }

        float[] vector = new float[form.Dimensions];
        form.Decode((byte[])row[1], vector, connection.Path, Seed(row.GetInt64(0), hash));
        return vector;
    }

    /// <summary>What the checksum of a vector begins with.</summary>
    public static uint Seed(long chunk, ReadOnlySpan<byte> hash) => (uint)RowSeal.Of(StoredTable.Vectors, chunk).Add(hash).Value;

    /// <summary>The first half of the SHA-256 of the text that is embedded: no two texts that anybody can make share it.</summary>
    public static byte[] Hash(Chunk chunk) => SHA256.HashData(Encoding.UTF8.GetBytes(chunk.IndexedText))[..HashLength];
}
