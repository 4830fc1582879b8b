namespace Rag.Index.Filters;

/// <summary>All parts are true.</summary>
public sealed class AndFilter : MetadataFilter
{
    /// <summary>Creates the filter; a part that is such a filter itself gives its own parts.</summary>
    /// <exception cref="ArgumentException">There are fewer than two parts, or the whole is too large or too deep.</exception>
    public AndFilter(params IEnumerable<MetadataFilter> parts)
        : this(FilterText.Flatten(parts, part => (part as AndFilter)?.Parts))
    {
    }

    private AndFilter(MetadataFilter[] parts)
        : base(1 + parts.Max(part => part.Depth), parts.Sum(part => part.Size)) => Parts = parts;

    /// <summary>The parts; none of them is such a filter itself.</summary>
    public IReadOnlyList<MetadataFilter> Parts { get; }

    /// <inheritdoc/>
    public override bool Matches(DocumentFields fields)
    {
        foreach (MetadataFilter part in Parts)
        {
            if (!part.Matches(fields))
            {
                return false;
            }
        }

        return true;
    }

    private protected override string Write() => string.Join(" and ", Parts.Select(part => part is OrFilter ? $"({part})" : part.ToString()));
}
