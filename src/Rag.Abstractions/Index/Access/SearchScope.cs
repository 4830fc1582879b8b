using Rag.Index.Filters;

namespace Rag.Index;

/// <summary>What part of an index a question is asked of: what its principal may read, and of that what its filter selects.</summary>
/// <param name="Filter">Selects documents by their metadata; null for all.</param>
/// <param name="Principal">Who asks; null where that is unknown: then only what is open to all is read.</param>
public sealed record SearchScope(MetadataFilter? Filter = null, Principal? Principal = null)
{
    /// <summary>What is open to all, unfiltered.</summary>
    public static SearchScope Public { get; } = new();

    /// <summary>
    /// Everything, whatever access says: for programs that administrate an index, such as an export. Nothing that a caller types
    /// turns into this scope.
    /// </summary>
    public static SearchScope Unrestricted { get; } = new() { IsUnrestricted = true };

    /// <summary>Whether access is not looked at; true for <see cref="Unrestricted"/> and what is made of it by <c>with</c>.</summary>
    public bool IsUnrestricted { get; private init; }
}
