namespace Rag.Models;

/// <summary>Turns a name that a model's own files give into a path, without ever leaving the model's folder.</summary>
internal static class FolderFile
{
    /// <summary>
    /// The real path of a plain file name in a folder. Links are followed inside the folder only, with one exception:
    /// the Hugging Face cache keeps files in "blobs" and links to them from "snapshots/REVISION"
    /// (huggingface_hub, docs "Understand caching").
    /// </summary>
    public static string Resolve(string folder, string name)
    {
        if (name.Length == 0 || name is "." or ".." || Path.IsPathRooted(name) || name.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new CorruptException($"The model folder {folder} names the file '{name}'; only plain file names inside the folder are allowed.", folder);
        }

        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new UnavailableException($"The model folder {folder} lacks the file '{name}'.", path);
        }

        DirectoryInfo home = new(RealPath.Of(folder));
        string target = RealPath.Of(path);
        string? targetFolder = Path.GetDirectoryName(target);
        string? blobs = home.Parent is { Name: "snapshots", Parent: { } repository } ? Path.Combine(repository.FullName, "blobs") : null;
        return targetFolder == home.FullName || (blobs is not null && targetFolder == blobs)
            ? target
            : throw new CorruptException($"{path} is a link that leads out of the model folder, to {target}; put the file itself there.", path);
    }
}
