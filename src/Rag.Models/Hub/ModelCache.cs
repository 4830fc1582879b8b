using System.Security.Cryptography;
using System.Text;

namespace Rag.Models.Hub;

/// <summary>
/// The folder of downloaded models:
/// <code>
/// rag--org--name/
///   lock                      held while a download changes this folder
///   refs/REVISION             the commit that a branch or tag meant when it was downloaded
///   snapshots/COMMIT/...      the model folder, files under their own names
///   snapshots/COMMIT.json     its files and sizes; written last, so a snapshot without it is unfinished
///   partial/HASH.incomplete   unfinished files, named by content
/// </code>
/// The prefix keeps it apart from the folders of huggingface_hub, with which it can share a root.
/// </summary>
internal sealed class ModelCache(string root)
{
    /// <summary>The folder of snapshots within a repository's.</summary>
    public const string Snapshots = "snapshots";

    private const string Prefix = "rag--";

    public string LockPath(string repository) => Path.Combine(Folder(repository), "lock");

    public string PartialFolder(string repository) => Path.Combine(Folder(repository), "partial");

    public string SnapshotFolder(string repository, string commit) => Path.Combine(Folder(repository), Snapshots, commit);

    /// <summary>The finished snapshot of a reference; null where there is none or a file of it is gone.</summary>
    public CachedModel? Find(ModelReference reference)
    {
        string? commit = HubListing.Hex(reference.Revision, 40);
        string refPath = RefPath(reference);
        if (commit is null && File.Exists(refPath))
        {
            commit = HubListing.Hex(File.ReadAllText(refPath, Encoding.ASCII).Trim(), 40);
        }

        return commit is null ? null : Find(reference.Repository, commit);
    }

    /// <summary>The finished snapshot of a commit.</summary>
    public CachedModel? Find(string repository, string commit)
    {
        string folder = SnapshotFolder(repository, commit);
        string recordPath = folder + ".json";
        if (!File.Exists(recordPath) || SnapshotRecord.Read(File.ReadAllBytes(recordPath)) is not { } record || record.Repository != repository)
        {
            return null;
        }

        bool whole = record.Files.All(file => new FileInfo(HubPath.Below(folder, file.Path)) is { Exists: true } info && info.Length == file.Size);
        return whole ? new CachedModel(repository, commit, folder, record.Files.Sum(file => file.Size)) : null;
    }

    /// <summary>Every finished snapshot.</summary>
    public IEnumerable<CachedModel> List()
    {
        if (!Directory.Exists(root))
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories(root, Prefix + "*").Order(StringComparer.Ordinal))
        {
            string snapshots = Path.Combine(folder, Snapshots);
            if (RepositoryOf(Path.GetFileName(folder)) is not { } repository || !Directory.Exists(snapshots))
            {
                continue;
            }

            foreach (string record in Directory.EnumerateFiles(snapshots, "*.json").Order(StringComparer.Ordinal))
            {
                if (HubListing.Hex(Path.GetFileNameWithoutExtension(record), 40) is { } commit && Find(repository, commit) is { } model)
                {
                    yield return model;
                }
            }
        }
    }

    /// <summary>Marks a snapshot as whole, then lets the reference mean it, then drops what unfinished downloads left.</summary>
    public void Finish(ModelReference reference, SnapshotRecord record)
    {
        WriteAtomically(SnapshotFolder(record.Repository, record.Commit) + ".json", record.ToJson());
        WriteAtomically(RefPath(reference), Encoding.ASCII.GetBytes(record.Commit));
        string partial = PartialFolder(record.Repository);
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }
    }

    /// <summary>Removes everything of a repository but the lock file, which the caller holds.</summary>
    public bool Delete(string repository)
    {
        bool any = false;
        foreach (string part in new[] { "refs", Snapshots, "partial" })
        {
            string path = Path.Combine(Folder(repository), part);
            if (Directory.Exists(path))
            {
                any |= part == Snapshots;
                Directory.Delete(path, recursive: true);
            }
        }

        return any;
    }

    /// <summary>The repository whose folder has this name; null where the name is of none.</summary>
    public static string? RepositoryOf(string folderName) =>
        folderName.StartsWith(Prefix, StringComparison.Ordinal) && folderName[Prefix.Length..].Split("--") is [var owner, var name]
            ? $"{owner}/{name}"
            : null;

    private string Folder(string repository) => Path.Combine(root, Prefix + repository.Replace("/", "--", StringComparison.Ordinal));

    // A revision may hold slashes and differ from another by case alone; its hash can be neither a path nor collide.
    private string RefPath(ModelReference reference) =>
        Path.Combine(Folder(reference.Repository), "refs", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reference.Revision)))[..24]);

    private static void WriteAtomically(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + ".tmp";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
