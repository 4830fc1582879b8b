using Rag.Index.Storage;

namespace Rag.Index.Tests.Support;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rag-index-").FullName;

    public string Database => System.IO.Path.Combine(Path, "index.db");

    public ValueTask<SqliteChunkIndex> OpenAsync(Action<ChunkIndexOptions>? configure = null)
    {
        // Few enough that tests meet postings that are merged and such that wait.
        ChunkIndexOptions options = new() { MaxWaitingChunks = 256 };
        configure?.Invoke(options);
        return SqliteChunkIndex.OpenAsync(Path, options, TestContext.Current.CancellationToken);
    }

    public ValueTask<SqliteChunkIndex> OpenReaderAsync() => OpenAsync(options => options.ReadOnly = true);

    /// <summary>Changes the database behind the index's back; what is left of its checksums fits, but for the rows' own.</summary>
    /// <returns>Rows changed.</returns>
    public int Damage(string sql)
    {
        SumsGone();
        using IndexConnection connection = IndexConnection.Open(Database, readOnly: false, TimeSpan.FromSeconds(1));
        int changed = connection.Execute(sql);
        if (sql.Contains("UPDATE state", StringComparison.Ordinal))
        {
            IndexState.LoadUnsealed(connection).Save(connection);
        }

        return changed;
    }

    /// <summary>Removes the checksums of the whole database, as a writer does that was killed.</summary>
    public void SumsGone() => File.Delete(System.IO.Path.Combine(Path, "index.sum"));

    /// <summary>Copies the files as they are on the disk now, as a process killed at this moment would leave them.</summary>
    public TestFolder CopyFiles()
    {
        TestFolder copy = new();
        foreach (string file in Directory.EnumerateFiles(Path, "index.db*"))
        {
            using FileStream from = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using FileStream to = File.Create(System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
            from.CopyTo(to);
        }

        return copy;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A file that is still open on some platforms; the system's own cleaning takes it.
        }
    }
}
