namespace Rag.Index;

/// <summary>
/// Who asks: the names of a user and of the groups that the user is in, as the caller has authenticated them. Names are compared
/// by their code units. Immutable; equal where the names are.
/// </summary>
public sealed class Principal : IEquatable<Principal>
{
    /// <summary>Most names of one principal.</summary>
    public const int MaxNames = 4096;

    private readonly string[] _names;

    /// <summary>Creates a principal.</summary>
    /// <param name="names">User and groups, at least one; one that comes twice counts once.</param>
    /// <exception cref="ArgumentException">There is none or too many, or a name may not be used ("*" stands for all and is nobody's name).</exception>
    public Principal(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = [.. names.Distinct(StringComparer.Ordinal).Take(MaxNames + 1)];
        if (_names.Length is 0 or > MaxNames)
        {
            throw new ArgumentException($"A principal has 1 to {MaxNames} names.", nameof(names));
        }

        foreach (string name in _names)
        {
            AccessRules.CheckName(name, nameof(names));
            if (name == AccessRules.EveryPrincipal)
            {
                throw new ArgumentException("'*' stands for every principal and is no principal's name.", nameof(names));
            }
        }

        Array.Sort(_names, StringComparer.Ordinal);
    }

    /// <summary>The names, each once, in ordinal order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether an entry of a document's access means this principal.</summary>
    public bool Matches(string entry) => entry == AccessRules.EveryPrincipal || Array.BinarySearch(_names, entry, StringComparer.Ordinal) >= 0;

    /// <inheritdoc/>
    public bool Equals(Principal? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Principal);

    /// <inheritdoc/>
    public override int GetHashCode() => _names.Aggregate(_names.Length, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _names);
}
