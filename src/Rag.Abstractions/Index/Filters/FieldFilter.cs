using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>A filter that asks for one name.</summary>
public abstract class FieldFilter : MetadataFilter
{
    private protected FieldFilter(string name, int size = 1)
        : base(1, size)
    {
        Name = name is DocumentFields.IdName or DocumentFields.TitleName || DocumentMetadata.IsName(name)
            ? name
            : throw new ArgumentException($"A filter cannot ask for '{name}': no metadata has that name. What documents have of their own is {DocumentFields.IdName} and {DocumentFields.TitleName}.", nameof(name));
    }

    /// <summary>The name asked for.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public sealed override bool Matches(DocumentFields fields) => fields[Name] is { } value && MatchesValue(value);

    // Whether one value, never a set, is what is asked for.
    private protected abstract bool MatchesOne(MetadataValue value);

    private protected virtual bool MatchesValue(MetadataValue value)
    {
        if (value.Texts is not { } texts)
        {
            return MatchesOne(value);
        }

        foreach (string text in texts)
        {
            if (MatchesOne(MetadataValue.OfAnyLength(text)))
            {
                return true;
            }
        }

        return false;
    }

    private protected static MetadataValue Single(MetadataValue value, string parameter)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);
        return value.Kind == MetadataKind.Texts ? throw new ArgumentException("A filter compares with single values; ask for several with AnyOf.", parameter) : value;
    }
}
