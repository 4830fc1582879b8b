namespace Rag.Index.Filters;

/// <summary>Another filter is not true.</summary>
public sealed class NotFilter : MetadataFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The whole is too deep.</exception>
    public NotFilter(MetadataFilter inner)
        : base(1 + (inner ?? throw new ArgumentNullException(nameof(inner))).Depth, inner.Size) => Inner = inner;

    /// <summary>The other filter.</summary>
    public MetadataFilter Inner { get; }

    /// <inheritdoc/>
    public override bool Matches(DocumentFields fields) => !Inner.Matches(fields);

    private protected override string Write() => Inner is AndFilter or OrFilter ? $"not ({Inner})" : $"not {Inner}";
}
