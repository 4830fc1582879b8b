namespace Rag.Index.Storage;

/// <summary>The files of an index folder.</summary>
internal sealed class IndexFiles(string folder)
{
    /// <summary>The folder, absolute.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The database that holds everything; SQLite keeps its -wal and -shm beside it.</summary>
    public string Database => Path.Combine(Folder, "index.db");

    /// <summary>Vectors and their graph as a file to map; only a cache.</summary>
    public string VectorCache => Path.Combine(Folder, "vectors.cache");

    /// <summary>Checksums of the database's file while it is at rest.</summary>
    public string Sums => Path.Combine(Folder, "index.sum");

    /// <summary>The same while it is written.</summary>
    public string SumsDraft => Sums + ".tmp";

    /// <summary>The file whose lock the one writer holds. It has no content and stays.</summary>
    public string WriterLock => Path.Combine(Folder, "writer.lock");
}
