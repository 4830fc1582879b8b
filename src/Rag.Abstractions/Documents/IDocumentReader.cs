namespace Rag.Documents;

/// <summary>Turns the bytes of one format into a <see cref="Document"/>. Stateless; safe for concurrent use.</summary>
public interface IDocumentReader
{
    /// <summary>Name of the format as a person says it, such as "PDF".</summary>
    string Format { get; }

    /// <summary>
    /// A string that changes whenever this reader would read the same bytes into another text, so that an index knows
    /// what to read again.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Whether this reader takes the item. Bytes decide where they can; the id's extension decides the rest.</summary>
    /// <param name="item">What the source says of it.</param>
    /// <param name="head">The first bytes of the content, up to 4,096; all of them where the content is shorter.</param>
    bool CanRead(SourceItem item, ReadOnlySpan<byte> head);

    /// <summary>Reads the content. The result's <see cref="Document.Id"/> and hash are those given.</summary>
    /// <param name="item">What the source says of it.</param>
    /// <param name="content">The bytes; bounded by the caller's limits already. Not disposed by the reader.</param>
    /// <param name="contentHash">SHA-256 of <paramref name="content"/>, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Ends reading; always thrown as <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="CorruptException">The content is not what its format demands.</exception>
    /// <exception cref="LimitExceededException">A limit of the reader's options was passed.</exception>
    /// <exception cref="UnsupportedException">The content is sound but cannot be read here (encrypted, a missing program).</exception>
    ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default);
}
