using System.Runtime.CompilerServices;

namespace Rag.Models.Hub;

/// <summary>Compares the files of a downloaded model with the record of its download.</summary>
internal static class SnapshotCheck
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Every file of the record; none where the folder is no snapshot.</summary>
    public static async IAsyncEnumerable<FileCheck> RunAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = Path.TrimEndingDirectorySeparator(folder) + ".json";
        if (Path.GetFileName(Path.GetDirectoryName(path)) != ModelCache.Snapshots || !File.Exists(path) ||
            SnapshotRecord.Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)) is not { } record)
        {
            yield break;
        }

        foreach (SnapshotRecord.Entry file in record.Files)
        {
            yield return new FileCheck(file.Path, file.Size, file.Sha256 is not null || file.GitSha1 is not null, await FaultAsync(HubPath.Below(folder, file.Path), file, cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task<string?> FaultAsync(string path, SnapshotRecord.Entry file, CancellationToken cancellationToken)
    {
        FileInfo here = new(path);
        if (!here.Exists || here.Length != file.Size)
        {
            return here.Exists ? $"it has {here.Length} bytes, and the hub named {file.Size}" : "it is gone";
        }

        using ContentHash? hash = ContentHash.For(file.Sha256, file.GitSha1, file.Size);
        if (hash is null)
        {
            return null;
        }

        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            await using (stream.ConfigureAwait(false))
            {
                byte[] buffer = new byte[BufferBytes];
                for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                {
                    hash.Append(buffer.AsSpan(0, read));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {e.Message}";
        }

        return hash.Matches() ? null : "its content is not what the hub named";
    }
}
