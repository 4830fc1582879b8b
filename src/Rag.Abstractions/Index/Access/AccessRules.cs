using Rag.Documents;

namespace Rag.Index;

/// <summary>
/// Who may read a document. A document that names nobody is open to all, in a protected index to none. One that names somebody is
/// open to a principal that has one of those names, in any index; "*" is every principal, not one who is unknown. In a protected
/// index who is unknown reads nothing.
/// </summary>
public static class AccessRules
{
    /// <summary>The entry that stands for every principal.</summary>
    public const string EveryPrincipal = "*";

    /// <summary>Most entries of one document.</summary>
    public const int MaxEntries = 1024;

    /// <summary>Longest entry, in UTF-16 code units.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Whether a scope's principal may read a document with these entries; the scope's filter is not looked at.</summary>
    /// <param name="entries">See <see cref="Document.Access"/>.</param>
    /// <param name="isProtected">See <see cref="IndexManifest.IsProtected"/>.</param>
    /// <param name="scope">Who asks.</param>
    public static bool Permits(IReadOnlyList<string> entries, bool isProtected, SearchScope scope)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(scope);
        return scope.IsUnrestricted || (entries.Count == 0 ? !isProtected : scope.Principal is { } principal && entries.Any(principal.Matches));
    }

    /// <summary>Refuses entries that no store could keep.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is blank, too long, or holds a control character; says which.</exception>
    public static void Check(IReadOnlyList<string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count > MaxEntries)
        {
            throw new ArgumentException($"A document's access has at most {MaxEntries} entries; this one has {entries.Count}.", nameof(entries));
        }

        foreach (string entry in entries)
        {
            CheckName(entry, nameof(entries));
        }
    }

    internal static void CheckName(string name, string parameter)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl) || !SoundText.IsSound(name))
        {
            throw new ArgumentException($"'{name}' is no name for access: it has 1 to {MaxNameLength} characters, not all blank, and no control characters.", parameter);
        }
    }
}
