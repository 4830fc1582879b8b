using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>
/// Selects documents by their metadata: leaves that ask for one name, and and, or, not over them. A leaf whose name a document
/// lacks is false, and so is one that compares values of different types (a whole number and another number do compare; a text
/// never equals a number); <see cref="NotFilter"/> turns both into true. Where the value is a set of texts, a leaf is true when it
/// is for one of them. Immutable; equal where <see cref="ToString"/> is.
/// </summary>
/// <remarks>
/// The text form, read by <see cref="Parse"/>: <c>year &gt;= 2020 and (tag in ('a', 'b') or not path startswith 'old/')</c>.
/// Comparisons are = (or ==), !=, &lt;, &lt;=, &gt;, &gt;=, and <c>2020 &lt;= year &lt; 2024</c>; further <c>name in (...)</c>,
/// <c>name startswith 'text'</c>, <c>name contains 'text'</c> (sets alone), <c>name exists</c>. Texts stand in single quotes, a quote
/// within doubled; a name that is no plain word stands in double quotes; moments are @2024-01-31 or @2024-01-31T12:00:00+01:00.
/// <c>!=</c> is not =, so it is true where the name is missing. Words are not case-sensitive, names and texts
/// are. The names id, or path, and title ask for the document's own (<see cref="DocumentFields"/>).
/// </remarks>
public abstract class MetadataFilter : IEquatable<MetadataFilter>
{
    /// <summary>Deepest nesting.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most parts, leaves and listed values together.</summary>
    public const int MaxSize = 1024;

    /// <summary>Longest text form that is read, in UTF-16 code units.</summary>
    public const int MaxTextLength = 65_536;

    private readonly Lazy<string> _text;

    private protected MetadataFilter(int depth, int size)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"A filter is nested at most {MaxDepth} deep.");
        }

        if (size > MaxSize)
        {
            throw new ArgumentException($"A filter has at most {MaxSize} parts.");
        }

        (Depth, Size) = (depth, size);
        _text = new(Write);
    }

    /// <summary>How deep it is nested; 1 for a leaf.</summary>
    public int Depth { get; }

    /// <summary>How many parts it has.</summary>
    public int Size { get; }

    /// <summary>The value is this one.</summary>
    public static MetadataFilter Equal(string name, MetadataValue value) => new EqualFilter(name, value);

    /// <summary>The value is one of these.</summary>
    public static MetadataFilter AnyOf(string name, params IEnumerable<MetadataValue> values) => new AnyOfFilter(name, values);

    /// <summary>The value lies between two others.</summary>
    /// <param name="name">The name asked for.</param>
    /// <param name="lower">The lower end, or null for none.</param>
    /// <param name="upper">The upper end, or null for none; one of the two is given.</param>
    /// <param name="lowerInclusive">Whether the lower end itself belongs to it.</param>
    /// <param name="upperInclusive">Whether the upper end itself belongs to it.</param>
    public static MetadataFilter Range(
        string name, MetadataValue? lower = null, MetadataValue? upper = null, bool lowerInclusive = true, bool upperInclusive = true) =>
        new RangeFilter(name, lower, upper, lowerInclusive, upperInclusive);

    /// <summary>The value is a text that begins with this one.</summary>
    public static MetadataFilter StartsWith(string name, string prefix) => new PrefixFilter(name, prefix);

    /// <summary>The value is a set that holds this text.</summary>
    public static MetadataFilter Contains(string name, string text) => new ContainsFilter(name, text);

    /// <summary>There is a value.</summary>
    public static MetadataFilter Exists(string name) => new ExistsFilter(name);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is none; names the place, from 1, and what was expected there.</exception>
    public static MetadataFilter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FilterParser(text).Parse();
    }

    /// <summary>Both are true.</summary>
    public static MetadataFilter operator &(MetadataFilter left, MetadataFilter right) => new AndFilter(left, right);

    /// <summary>One of them is true.</summary>
    public static MetadataFilter operator |(MetadataFilter left, MetadataFilter right) => new OrFilter(left, right);

    /// <summary>It is not true.</summary>
    public static MetadataFilter operator !(MetadataFilter filter) => new NotFilter(filter);

    /// <summary>As the operator &amp;.</summary>
    public static MetadataFilter BitwiseAnd(MetadataFilter left, MetadataFilter right) => left & right;

    /// <summary>As the operator |.</summary>
    public static MetadataFilter BitwiseOr(MetadataFilter left, MetadataFilter right) => left | right;

    /// <summary>As the operator !.</summary>
    public static MetadataFilter LogicalNot(MetadataFilter filter) => !filter;

    /// <summary>Whether a document is selected.</summary>
    public abstract bool Matches(DocumentFields fields);

    /// <summary>The text form; <see cref="Parse"/> makes an equal filter of it.</summary>
    public sealed override string ToString() => _text.Value;

    /// <inheritdoc/>
    public bool Equals(MetadataFilter? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as MetadataFilter);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    private protected abstract string Write();
}
