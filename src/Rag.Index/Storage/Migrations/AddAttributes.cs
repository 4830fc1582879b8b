using Rag.Index.Text;

namespace Rag.Index.Storage.Migrations;

/// <summary>
/// Version 1 to 2: metadata and access of documents, which name nobody and say nothing, as before; and terms with their positions, made
/// anew from the stored chunks.
/// </summary>
internal sealed class AddAttributes : IndexMigration
{
    public override int From => 1;

    public override void Apply(IndexConnection connection, ChunkIndexOptions options)
    {
        connection.Execute("ALTER TABLE state ADD COLUMN revisions INTEGER NOT NULL DEFAULT 0");
        connection.Execute(IndexSchema.AttributeTables);
        new PostingsRebuild(connection, options.Analyzer).Run(IndexState.Load(connection), progress: null, CancellationToken.None).Save(connection);
    }
}
