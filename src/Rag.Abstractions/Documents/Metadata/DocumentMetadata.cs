using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Rag.Documents;

/// <summary>
/// What is said of a document beside its text, by name. Names are compared by their code units; what the document itself has
/// (its id, title, access and the like) has names of its own that nothing here can take. Immutable; equal where all names and values are.
/// </summary>
public sealed class DocumentMetadata : IEnumerable<KeyValuePair<string, MetadataValue>>, IEquatable<DocumentMetadata>
{
    /// <summary>Most names of one document.</summary>
    public const int MaxNames = 64;

    /// <summary>Longest name, in UTF-16 code units.</summary>
    public const int MaxNameLength = 64;

    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        ["id", "title", "text", "path", "hash", "page", "access", "document", "chunk"], StringComparer.OrdinalIgnoreCase);

    private readonly SortedList<string, MetadataValue> _values;

    private DocumentMetadata(SortedList<string, MetadataValue> values) => _values = values;

    /// <summary>Nothing said.</summary>
    public static DocumentMetadata Empty { get; } = new(new(StringComparer.Ordinal));

    /// <summary>How many names there are.</summary>
    public int Count => _values.Count;

    /// <summary>The names, in ordinal order.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>The value of a name, or null.</summary>
    public MetadataValue? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Puts names and values together.</summary>
    /// <exception cref="ArgumentException">A name comes twice or may not be used, or there are more than <see cref="MaxNames"/>; says which.</exception>
    public static DocumentMetadata Create(IEnumerable<KeyValuePair<string, MetadataValue>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        SortedList<string, MetadataValue> sorted = new(StringComparer.Ordinal);
        foreach ((string name, MetadataValue value) in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
            if (!IsName(name))
            {
                throw new ArgumentException(
                    $"'{name}' cannot name a document's metadata: a name has 1 to {MaxNameLength} characters, no control characters, no blank at its ends, and is none that documents have of their own ({string.Join(", ", Reserved.Order(StringComparer.Ordinal))}, or what begins with 'document.' or 'chunk.').",
                    nameof(values));
            }

            if (!sorted.TryAdd(name, value))
            {
                throw new ArgumentException($"The name '{name}' comes twice.", nameof(values));
            }

            if (sorted.Count > MaxNames)
            {
                throw new ArgumentException($"A document's metadata has at most {MaxNames} names.", nameof(values));
            }
        }

        return sorted.Count == 0 ? Empty : new(sorted);
    }

    /// <summary>Whether metadata may use this name.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && SoundText.IsSound(name) && !name.Any(char.IsControl) && name.Trim().Length == name.Length && !IsReserved(name);

    /// <summary>These values, and in the place of those that both have, the other's.</summary>
    /// <exception cref="ArgumentException">Together there are more than <see cref="MaxNames"/>.</exception>
    public DocumentMetadata With(DocumentMetadata other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Count == 0 ? this : Count == 0 ? other : Create(_values.Where(pair => other[pair.Key] is null).Concat(other));
    }

    /// <summary>Names with their values, in ordinal order of the names.</summary>
    public IEnumerator<KeyValuePair<string, MetadataValue>> GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(DocumentMetadata? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DocumentMetadata);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(Count, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsReserved(string name) => Reserved.Contains(name)
        || name.StartsWith("document.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("chunk.", StringComparison.OrdinalIgnoreCase);
}
