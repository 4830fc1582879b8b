using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>The value is a text that begins with this one, code unit by code unit.</summary>
public sealed class PrefixFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used, or the text is not fit to be one.</exception>
    public PrefixFilter(string name, string prefix)
        : base(name) => Prefix = MetadataValue.Of(prefix).Text!;

    /// <summary>How the text begins.</summary>
    public string Prefix { get; }

    private protected override bool MatchesOne(MetadataValue value) => value.Text?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    private protected override string Write() => $"{FilterText.Name(Name)} startswith {FilterText.Value(Prefix)}";
}
