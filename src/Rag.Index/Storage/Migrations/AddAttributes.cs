using Rag.Chunks;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Storage.Migrations;

/// <summary>
/// Version 1 to 2: metadata and access of documents, which name nobody and say nothing, as before; vectors with the hash of their
/// text; the tables of sparse vectors and token vectors, of which there were none; and terms with their positions, made anew from the stored chunks.
/// </summary>
internal sealed class AddAttributes : IndexMigration
{
    public override int From => 1;

    public override void Apply(IndexConnection connection, ChunkIndexOptions options)
    {
        connection.Execute("ALTER TABLE state ADD COLUMN revisions INTEGER NOT NULL DEFAULT 0");
        connection.Execute(IndexSchema.AttributeTables);
        connection.Execute(IndexSchema.KindTables);
        AddTextHashes(connection);
        new PostingsRebuild(connection, options.Analyzer).Run(IndexState.Load(connection), progress: null, CancellationToken.None).Save(connection);
    }

    private static void AddTextHashes(IndexConnection connection)
    {
        connection.Execute("ALTER TABLE vectors ADD COLUMN text_hash BLOB NOT NULL DEFAULT x''");
        DocumentStore documents = new(connection);
        for (long key = NextVector(connection, 0); key > 0; key = NextVector(connection, key))
        {
            Chunk chunk = documents.ReadChunk(key) ?? throw SqliteErrors.Damaged(connection.Path, "holds a vector of no passage");
            connection.Execute("UPDATE vectors SET text_hash = @2 WHERE chunk = @1", key, VectorStore.Hash(chunk));
        }

        connection.Execute("CREATE INDEX vectors_by_text ON vectors (text_hash)");
    }

    private static long NextVector(IndexConnection connection, long after) => connection.Number("SELECT min(chunk) FROM vectors WHERE chunk > @1", after);
}
