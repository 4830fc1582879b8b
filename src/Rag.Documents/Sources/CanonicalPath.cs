namespace Rag.Documents;

/// <summary>Resolves a path to where it really leads, every link on the way included.</summary>
internal static class CanonicalPath
{
    // As many as Linux follows (ELOOP); a loop of links passes any number.
    private const int MaxLinks = 40;

    /// <summary>The path without links, or null where it loops or leads nowhere.</summary>
    public static string? Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        int links = 0;
        while (true)
        {
            string root = Path.GetPathRoot(full)!;
            string[] parts = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
            string at = root;
            string? replaced = null;
            for (int i = 0; i < parts.Length; i++)
            {
                at = Path.Combine(at, parts[i]);
                if (FileKinds.Of(at) == FileKind.Link)
                {
                    if (++links > MaxLinks || new FileInfo(at).LinkTarget is not { } target)
                    {
                        return null;
                    }

                    string rest = string.Join(Path.DirectorySeparatorChar, parts[(i + 1)..]);
                    replaced = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(at)!, target, rest));
                    break;
                }
            }

            if (replaced is null)
            {
                return Path.Exists(full) ? Path.TrimEndingDirectorySeparator(full) : null;
            }

            full = replaced;
        }
    }
}
