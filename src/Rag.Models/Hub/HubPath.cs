using System.Text;

namespace Rag.Models.Hub;

/// <summary>
/// Paths of files as a hub names them. They are hostile until checked: none may lead out of the model's folder on any
/// platform.
/// </summary>
internal static class HubPath
{
    private const int MaxLength = 400;
    private const int MaxDepth = 8;

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the path may be created below a folder.</summary>
    public static bool IsSafe(string path)
    {
        if (path.Length is 0 or > MaxLength || !path.IsNormalized(NormalizationForm.FormC))
        {
            return false;
        }

        string[] parts = path.Split('/');
        return parts.Length <= MaxDepth && parts.All(IsSafePart);
    }

    /// <summary>Whether the path is an attempt to leave the folder, which an honest repository never holds.</summary>
    public static bool IsTraversal(string path) =>
        path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal)
        || path.Split('/').Any(part => part is "..") || (path.Length > 1 && path[1] == ':');

    /// <summary>The full path below a folder; the folder is a full path.</summary>
    public static string Below(string folder, string path) =>
        IsSafe(path)
            ? Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar))
            : throw new CorruptException($"The hub names a file '{Shown(path)}', which cannot be a file of a model; nothing was written.", Shown(path));

    /// <summary>The path fit for a message.</summary>
    public static string Shown(string path)
    {
        string cut = path.Length > 80 ? path[..80] + "..." : path;
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }

    private static bool IsSafePart(string part) =>
        part.Length is > 0 and <= 200
        && part is not ("." or "..")
        && !part.Any(c => c < ' ' || c == '\u007f' || char.IsSurrogate(c) || "\\:*?\"<>|".Contains(c, StringComparison.Ordinal))
        && part[0] != ' ' && part[^1] is not (' ' or '.')
        && !Devices.Contains(part.Split('.')[0]);
}
