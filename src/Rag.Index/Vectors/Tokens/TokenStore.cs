using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>The table of token vectors. Runs inside the caller's transaction.</summary>
internal sealed class TokenStore(IndexConnection connection)
{
    private readonly BlobWriter _blob = new();

    /// <summary>Stores a chunk's token vectors.</summary>
    public void Add(long chunk, byte[] textHash, MultiVector vectors) =>
        connection.Execute("INSERT INTO tokens (chunk, text_hash, data) VALUES (@1, @2, @3)", chunk, textHash, TokenCodec.Encode(vectors, chunk, _blob));

    /// <summary>Removes the token vectors of chunks with consecutive keys.</summary>
    public void Remove(long first, int count) => connection.Execute("DELETE FROM tokens WHERE chunk >= @1 AND chunk < @2", first, first + count);

    /// <summary>The token vectors of any chunk with the same indexed text, or null.</summary>
    public MultiVector? Find(byte[] textHash, int dimensions)
    {
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM tokens WHERE text_hash = @1 LIMIT 1", textHash);
        if (!row.Read())
        {
            return null;
        }

        float[] buffer = [];
        return new(TokenCodec.Decode((byte[])row[1], row.GetInt64(0), dimensions, connection.Path, ref buffer), dimensions);
    }

    /// <summary>The record of a chunk.</summary>
    public byte[] Read(long chunk) => connection.Scalar("SELECT data FROM tokens WHERE chunk = @1", chunk) as byte[]
        ?? throw SqliteErrors.Damaged(connection.Path, "has lost the token vectors of a passage");
}
