using System.Security.Cryptography;
using System.Text;
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
    public void Add(long key, Chunk chunk, byte[] vector) =>
        connection.Execute("INSERT INTO vectors (chunk, text_hash, data) VALUES (@1, @2, @3)", key, Hash(chunk), vector);

    /// <summary>Removes the vectors of chunks with consecutive keys.</summary>
    public void Remove(long first, int count) =>
        connection.Execute("DELETE FROM vectors WHERE chunk >= @1 AND chunk < @2", first, first + count);

    /// <summary>The vector of any chunk with the same indexed text, or null.</summary>
    public float[]? Find(Chunk chunk, VectorForm form)
    {
        if (connection.Scalar("SELECT data FROM vectors WHERE text_hash = @1 LIMIT 1", Hash(chunk)) is not byte[] data)
        {
            return null;
        }

        float[] vector = new float[form.Dimensions];
        form.Decode(data, vector, connection.Path);
        return vector;
    }

    /// <summary>The first half of the SHA-256 of the text that is embedded: no two texts that anybody can make share it.</summary>
    public static byte[] Hash(Chunk chunk) => SHA256.HashData(Encoding.UTF8.GetBytes(chunk.IndexedText))[..HashLength];
}
