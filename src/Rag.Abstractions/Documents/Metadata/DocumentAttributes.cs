namespace Rag.Documents;

/// <summary>What a document's source says of it: what may change while its content stays.</summary>
public sealed record DocumentAttributes
{
    /// <summary>Nothing said.</summary>
    public static DocumentAttributes None { get; } = new();

    /// <summary>See <see cref="Document.Metadata"/>.</summary>
    public DocumentMetadata Metadata { get; init; } = DocumentMetadata.Empty;

    /// <summary>See <see cref="Document.Access"/>.</summary>
    public IReadOnlyList<string> Access { get; init; } = [];
}
