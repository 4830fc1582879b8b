namespace Rag.Documents;

/// <summary>One thing that a source offers to be read: a file, usually, or the reason why it cannot be.</summary>
public sealed record SourceItem
{
    /// <summary>The id that the document will have, see <see cref="Document.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Length in bytes where it is known before reading.</summary>
    public long? Length { get; init; }

    /// <summary>
    /// What the source says of the document; its metadata go before those that the content states, and it alone says who may read.
    /// </summary>
    public DocumentAttributes Attributes { get; init; } = DocumentAttributes.None;

    /// <summary>Opens the content for reading. The caller disposes the stream. Null only where <see cref="Error"/> is set.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? OpenAsync { get; init; }

    /// <summary>Why this item cannot be read, known already when enumerating (a broken link, a pipe, no permission); otherwise null.</summary>
    public RagException? Error { get; init; }
}
