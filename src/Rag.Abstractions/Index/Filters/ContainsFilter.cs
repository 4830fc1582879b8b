using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>The value is a set that holds this text; false for anything that is no set.</summary>
public sealed class ContainsFilter : FieldFilter
{
    /// <summary>Creates the filter.</summary>
    /// <exception cref="ArgumentException">The name may not be used, or the text is not fit to be one.</exception>
    public ContainsFilter(string name, string text)
        : base(name) => Text = MetadataValue.Of(text).Text!;

    /// <summary>The text.</summary>
    public string Text { get; }

    private protected override bool MatchesValue(MetadataValue value) => value.Texts?.Contains(Text, StringComparer.Ordinal) == true;

    private protected override bool MatchesOne(MetadataValue value) => false;

    private protected override string Write() => $"{FilterText.Name(Name)} contains {FilterText.Value(Text)}";
}
