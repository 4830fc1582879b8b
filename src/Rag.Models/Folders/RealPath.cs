namespace Rag.Models;

/// <summary>A path with every link on the way resolved, not only the last: a link's target is relative to where it really lies.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <exception cref="UnavailableException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        string rest = Path.GetFullPath(path);
        for (int links = 0; links <= MaxLinks; links++)
        {
            if (ResolveFirstLink(rest) is not { } resolved)
            {
                return rest;
            }

            rest = resolved;
        }

        throw new UnavailableException($"{path} leads through more than {MaxLinks} links.", path);
    }

    // The path after its outermost link was followed one step; null where it has none.
    private static string? ResolveFirstLink(string path)
    {
        string current = Path.GetPathRoot(path)!;
        string[] parts = path[current.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            string next = Path.Combine(current, parts[i]);
            if (new FileInfo(next).LinkTarget is { } target)
            {
                return Path.GetFullPath(Path.Combine([current, target, .. parts[(i + 1)..]]));
            }

            current = next;
        }

        return null;
    }
}
