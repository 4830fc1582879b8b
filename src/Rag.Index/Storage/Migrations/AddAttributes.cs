namespace Rag.Index.Storage.Migrations;

/// <summary>Version 1 to 2: metadata and access of documents. What is stored names nobody and says nothing, as before.</summary>
internal sealed class AddAttributes : IndexMigration
{
    public override int From => 1;

    public override void Apply(IndexConnection connection, ChunkIndexOptions options)
    {
        connection.Execute("ALTER TABLE state ADD COLUMN revisions INTEGER NOT NULL DEFAULT 0");
        connection.Execute(IndexSchema.AttributeTables);
        RebuildText(connection, options);
    }

    // Where version 2 also stores terms and postings otherwise, they are made anew here from the stored chunks.
    private static void RebuildText(IndexConnection connection, ChunkIndexOptions options)
    {
        _ = connection;
        _ = options;
    }
}
