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
