using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>The value is one of these.</summary>
public sealed class AnyOfFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used, there is no value or too many, or one is a set.</exception>
    public AnyOfFilter(string name, params IEnumerable<MetadataValue> values)
        : this(name, ToArray(values))
    {
    }

    private AnyOfFilter(string name, MetadataValue[] values)
        : base(name, values.Length) => Values = values;

    /// <summary>What the value may be; at least one.</summary>
    public IReadOnlyList<MetadataValue> Values { get; }

    private protected override bool MatchesOne(MetadataValue value)
    {
        foreach (MetadataValue wanted in Values)
        {
            if (value.CompareTo(wanted) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private protected override string Write() => $"{FilterText.Name(Name)} in ({string.Join(", ", Values.Select(FilterText.Value))})";

    private static MetadataValue[] ToArray(IEnumerable<MetadataValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        MetadataValue[] taken = [.. values.Select(value => Single(value, nameof(values))).Take(MaxSize + 1)];
        return taken.Length > 0 ? taken : throw new ArgumentException("A filter that asks for any of some values has at least one.", nameof(values));
    }
}
