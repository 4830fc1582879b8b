using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>There is a value of this name, an empty set too.</summary>
public sealed class ExistsFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used.</exception>
    public ExistsFilter(string name)
        : base(name)
    {
    }

    private protected override bool MatchesValue(MetadataValue value) => true;

    private protected override bool MatchesOne(MetadataValue value) => true;

    private protected override string Write() => $"{FilterText.Name(Name)} exists";
}
