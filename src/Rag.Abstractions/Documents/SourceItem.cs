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
    /// Null where the source says nothing: then who may read a document that is stored already stays as it is, also where its content
    /// changed. To take access rules away a source says so (<see cref="DocumentAttributes.None"/>).
    /// </summary>
    public DocumentAttributes? Attributes { get; init; }

    /// <summary>Opens the content for reading. The caller disposes the stream. Null only where <see cref="Error"/> is set.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? OpenAsync { get; init; }

    /// <summary>Why this item cannot be read, known already when enumerating (a broken link, a pipe, no permission); otherwise null.</summary>
    public RagException? Error { get; init; }
}
