namespace Rag.Index.Storage.Migrations;

/// <summary>Brings an index from one format version to the next. Runs inside a transaction that also counts the version up.</summary>
internal abstract class IndexMigration
{
    /// <summary>The version that it starts from.</summary>
    public abstract int From { get; }

    /// <summary>Changes tables and rows; may read everything stored.</summary>
    public abstract void Apply(IndexConnection connection, ChunkIndexOptions options);
}
