using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>The value lies between two others.</summary>
public sealed class RangeFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used, both ends are missing, or one is a set.</exception>
    public RangeFilter(string name, MetadataValue? lower, MetadataValue? upper, bool lowerInclusive = true, bool upperInclusive = true)
        : base(name)
    {
        if (lower is null && upper is null)
        {
            throw new ArgumentException("A range has at least one end.", nameof(lower));
        }

        Lower = lower is null ? null : Single(lower, nameof(lower));
        Upper = upper is null ? null : Single(upper, nameof(upper));
        LowerInclusive = lower is not null && lowerInclusive;
        UpperInclusive = upper is not null && upperInclusive;
    }

    /// <summary>The lower end, or null.</summary>
    public MetadataValue? Lower { get; }

    /// <summary>The upper end, or null.</summary>
    public MetadataValue? Upper { get; }

    /// <summary>Whether the lower end itself belongs to it; false where there is none.</summary>
    public bool LowerInclusive { get; }

    /// <summary>Whether the upper end itself belongs to it; false where there is none.</summary>
    public bool UpperInclusive { get; }

    private protected override bool MatchesOne(MetadataValue value) =>
        (Lower is null || value.CompareTo(Lower) is > 0 || (LowerInclusive && value.CompareTo(Lower) is 0))
        && (Upper is null || value.CompareTo(Upper) is < 0 || (UpperInclusive && value.CompareTo(Upper) is 0));

    private protected override string Write()
    {
        string name = FilterText.Name(Name), below = UpperInclusive ? "<=" : "<";
        return (Lower, Upper) switch
        {
            (null, _) => $"{name} {below} {FilterText.Value(Upper!)}",
            (_, null) => $"{name} {(LowerInclusive ? ">=" : ">")} {FilterText.Value(Lower)}",
            _ => $"{FilterText.Value(Lower)} {(LowerInclusive ? "<=" : "<")} {name} {below} {FilterText.Value(Upper)}",
        };
    }
}
