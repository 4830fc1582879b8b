using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage.Sums;

/// <summary>
/// The file of checksums beside a database at rest. The closing writer writes it when its log is empty; a writer removes it, for
/// certain, before its first change. So where it is there, the database's file is what it says, or damaged, and a log that
/// holds another commit is another database's; where a write was cut short it is not there, and nothing is checked.
/// </summary>
internal sealed class SumsFile(IndexFiles files, ChunkIndexOptions options)
{
    // Of a database of a terabyte.
    private const int MaxLength = 1 << 23;

    /// <summary>Compares the database's file with what its writer left, where it is no longer than the options say.</summary>
    /// <exception cref="CorruptException">It differs; names the region.</exception>
    public void Check(IndexConnection connection)
    {
        if (FindDifference(connection, options.VerifyOnOpenBytes) is { } difference)
        {
            throw SqliteErrors.Damaged(files.Database, difference);
        }
    }

    /// <summary>What differs, in words; null where nothing does or nobody can say.</summary>
    public string? FindDifference(IndexConnection connection, long most)
    {
        while (Read() is { } content)
        {
            if (FileSums.Parse(content) is not { } sums || Math.Max(sums.Length, connection.FileBytes().Length) > most || Difference(connection, sums) is not { } difference)
            {
                return null;
            }

            // A writer that began meanwhile has removed the file before it changed anything, and one that ended since has written
            // another: each commit counts the generation up.
            if (Read() is { } again && again.AsSpan().SequenceEqual(content))
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>Removes the file, for certain; to be called before every change.</summary>
    public void Remove()
    {
        if (File.Exists(files.Sums) || File.Exists(files.SumsDraft))
        {
            Guard("deleting", () =>
            {
                options.Folder.Delete(files.SumsDraft);
                options.Folder.Delete(files.Sums);
            });
            Guard("flushing the folder of", () => options.Folder.Flush(files.Folder));
        }
    }

    /// <summary>Writes the file where it is not there; to be called by the writer when everything is in the database's own file.</summary>
    public void Write(IndexConnection connection)
    {
        if (File.Exists(files.Sums) || HasLog() || connection.FileBytes() is not { } bytes || bytes.Length > options.VerifyOnOpenBytes)
        {
            return;
        }

        byte[] content = FileSums.Compute(bytes, IndexState.Load(connection)).ToBytes();
        Guard("writing", () =>
        {
            options.Folder.Write(files.SumsDraft, content);
            options.Folder.Rename(files.SumsDraft, files.Sums);
        });
    }

    private string? Difference(IndexConnection connection, FileSums sums)
    {
        // What cannot be read says so at the next look. A log that was moved into the database and cut may be there again after a
        // loss of power; it ends with the same commit.
        if (State(connection) is not { } state)
        {
            return null;
        }

        if (!sums.IsOf(state))
        {
            string what = HasLog() ? "has a log beside it that its last writer did not leave" : "is not what its last writer left";
            return $"{what}: it holds another commit than {files.Sums} says. Where that is meant, as when a backup was put back, delete {files.Sums}; otherwise this file is another index's or damaged";
        }

        return sums.FirstDifference(connection.FileBytes());
    }

    private bool HasLog() => new FileInfo(files.Database + "-wal") is { Exists: true, Length: > 0 };

    private byte[]? Read()
    {
        try
        {
            return new FileInfo(files.Sums) is { Exists: true, Length: > 0 and <= MaxLength } ? File.ReadAllBytes(files.Sums) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Removed meanwhile, or not for us to read: an index without it is whole.
            return null;
        }
    }

    // A file that is no index, or another one, says so at the next look.
    private static IndexState? State(IndexConnection connection)
    {
        try
        {
            return IndexState.Load(connection);
        }
        catch (Exception error) when (error is SqliteException or RagException)
        {
            return null;
        }
    }

    private void Guard(string doing, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException(
                $"The disk failed while {doing} {files.Sums}, the checksums of the index {files.Database} ({error.Message}); the index is as it was. Try again when the disk works.", files.Database, error);
        }
    }
}
