using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>What a filter can name of a document: its metadata, and <see cref="IdName"/> and <see cref="TitleName"/> as texts.</summary>
/// <param name="Id">See <see cref="Document.Id"/>.</param>
/// <param name="Title">See <see cref="Document.Title"/>.</param>
/// <param name="Metadata">See <see cref="Document.Metadata"/>.</param>
public readonly record struct DocumentFields(string Id, string? Title, DocumentMetadata Metadata)
{
    /// <summary>The name by which a filter asks for the document's id.</summary>
    public const string IdName = "document.id";

    /// <summary>The name by which a filter asks for the document's title.</summary>
    public const string TitleName = "document.title";

    /// <summary>The value behind a name, or null.</summary>
    public MetadataValue? this[string name] => name switch
    {
        IdName => MetadataValue.OfAnyLength(Id),
        TitleName => Title is null ? null : MetadataValue.OfAnyLength(Title),
        _ => Metadata[name],
    };

    /// <summary>A document's.</summary>
    public static DocumentFields Of(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new(document.Id, document.Title, document.Metadata);
    }
}
