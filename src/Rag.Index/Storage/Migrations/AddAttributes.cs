using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Storage.Migrations;

/// <summary>
/// Version 1 to 2: checksums of rows, and of blobs together with their keys; metadata and access of documents, which name nobody and
/// say nothing, as before; vectors with the hash of their text; the tables of sparse vectors and token vectors, of which there were
/// none; and terms with their positions, made anew from the stored chunks.
/// </summary>
internal sealed class AddAttributes : IndexMigration
{
    public override int From => 1;

    public override void Apply(IndexConnection connection, ChunkIndexOptions options)
    {
        connection.Execute("ALTER TABLE state ADD COLUMN revisions INTEGER NOT NULL DEFAULT 0");
        connection.Execute("ALTER TABLE state ADD COLUMN seal INTEGER NOT NULL DEFAULT 0");
        connection.Execute("DROP TABLE IF EXISTS caches");
        connection.Execute(IndexSchema.AttributeTables);
        connection.Execute(IndexSchema.KindTables);
        SealRows(connection);
        SealTexts(connection);
        SealVectors(connection);
        new PostingsRebuild(connection, options.Analyzer).Run(IndexState.LoadUnsealed(connection), progress: null, CancellationToken.None).Save(connection);
    }

    private static void SealRows(IndexConnection connection)
    {
        connection.Execute("ALTER TABLE documents RENAME TO old_documents");
        connection.Execute("ALTER TABLE chunks RENAME TO old_chunks");
        connection.Execute(IndexSchema.ContentTables);
        using (SqliteDataReader row = connection.Query("SELECT key, id, title, content_hash, fingerprint, length, first_chunk, chunks, structure FROM old_documents"))
        {
            while (row.Read())
            {
                DocumentRow document = DocumentRow.ReadUnsealed(row);
                document.Insert(connection, Renew((byte[])row[8], RowSeal.Seed(StoredTable.Structures, document.Key), connection.Path));
            }
        }

        using (SqliteDataReader row = connection.Query("SELECT key, id, document, ordinal, first, past, page, headings FROM old_chunks"))
        {
            while (row.Read())
            {
                ChunkRow.ReadUnsealed(row).Insert(connection);
            }
        }

        connection.Execute("DROP TABLE old_documents");
        connection.Execute("DROP TABLE old_chunks");
    }

    private static void SealTexts(IndexConnection connection)
    {
        foreach (long key in Keys(connection, "SELECT key FROM texts"))
        {
            byte[] blob = (byte[])connection.Scalar("SELECT data FROM texts WHERE key = @1", key)!;
            connection.Execute("UPDATE texts SET data = @2 WHERE key = @1", key, Renew(blob, RowSeal.Seed(StoredTable.Texts, key), connection.Path));
        }
    }

    private static void SealVectors(IndexConnection connection)
    {
        connection.Execute("ALTER TABLE vectors RENAME TO old_vectors");
        connection.Execute(IndexSchema.VectorTables);
        DocumentStore documents = new(connection);
        VectorStore vectors = new(connection);
        using (SqliteDataReader row = connection.Query("SELECT chunk, data FROM old_vectors ORDER BY chunk"))
        {
            while (row.Read())
            {
                Chunk chunk = documents.ReadChunk(row.GetInt64(0)) ?? throw SqliteErrors.Damaged(connection.Path, "holds a vector of no passage");
                vectors.Add(row.GetInt64(0), chunk, Renew((byte[])row[1], 0, connection.Path));
            }
        }

        connection.Execute("DROP TABLE old_vectors");
    }

    // A blob of version 1 has a checksum of its bytes alone.
    private static byte[] Renew(byte[] blob, uint seed, string location)
    {
        _ = new BlobReader(blob, location);
        BlobWriter.Seal(blob, seed);
        return blob;
    }

    private static List<long> Keys(IndexConnection connection, string query)
    {
        List<long> keys = [];
        using SqliteDataReader row = connection.Query(query);
        while (row.Read())
        {
            keys.Add(row.GetInt64(0));
        }

        return keys;
    }
}
