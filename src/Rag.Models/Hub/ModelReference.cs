using System.Diagnostics.CodeAnalysis;

namespace Rag.Models.Hub;

/// <summary>A model by its name on the hub, such as "sentence-transformers/all-MiniLM-L6-v2" or "org/name@revision".</summary>
/// <param name="Repository">"org/name".</param>
/// <param name="Revision">A branch, tag or commit; "main" by default.</param>
public sealed record ModelReference(string Repository, string Revision = ModelReference.DefaultRevision)
{
    /// <summary>The revision that a name without one means.</summary>
    public const string DefaultRevision = "main";

    private const int MaxPartLength = 96;

    /// <summary>Reads "org/name" or "org/name@revision".</summary>
    /// <returns>False where the text is no such name; nothing that could leave the cache folder or the hub's address is one.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ModelReference? reference)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        int at = text.IndexOf('@', StringComparison.Ordinal);
        string repository = at < 0 ? text : text[..at];
        string revision = at < 0 ? DefaultRevision : text[(at + 1)..];
        string[] parts = repository.Split('/');
        if (parts.Length != 2 || !parts.All(IsName) || !IsRevision(revision))
        {
            return false;
        }

        reference = new ModelReference(repository, revision);
        return true;
    }

    /// <summary>The name as <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Revision == DefaultRevision ? Repository : $"{Repository}@{Revision}";

    /// <summary>A name for a model folder: its name on the hub where it lies in a <see cref="ModelHub"/>'s cache, else the folder's own.</summary>
    /// <param name="folderPath">The folder.</param>
    public static string OfFolder(string folderPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderPath);
        DirectoryInfo folder = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folderPath)));
        return folder.Parent is { Name: ModelCache.Snapshots, Parent.Name: var name } && ModelCache.RepositoryOf(name) is { } repository
            ? repository
            : folder.Name;
    }

    // The hub's own rule for names: letters, digits, '-', '_', '.', no '--' or '..', no '-' or '.' at the ends.
    private static bool IsName(string part) =>
        part.Length is > 0 and <= MaxPartLength
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !part.Contains("--", StringComparison.Ordinal)
        && !part.Contains("..", StringComparison.Ordinal)
        && part[0] is not ('-' or '.')
        && part[^1] is not ('-' or '.');

    // A git reference; slashes are allowed within ("refs/pr/1") and escaped wherever they could separate.
    private static bool IsRevision(string revision) =>
        revision.Length is > 0 and <= 200
        && revision.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        && !revision.Contains("..", StringComparison.Ordinal)
        && revision.Split('/').All(part => part.Length > 0 && part[0] != '.');
}
