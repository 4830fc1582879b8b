using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>The value is this one.</summary>
public sealed class EqualFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used, or the value is a set.</exception>
    public EqualFilter(string name, MetadataValue value)
        : base(name) => Value = Single(value, nameof(value));

    /// <summary>What the value must be.</summary>
    public MetadataValue Value { get; }

    private protected override bool MatchesOne(MetadataValue value) => value.CompareTo(Value) == 0;

    private protected override string Write() => $"{FilterText.Name(Name)} = {FilterText.Value(Value)}";
}
