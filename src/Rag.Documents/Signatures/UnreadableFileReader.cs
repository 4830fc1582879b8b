namespace Rag.Documents;

/// <summary>
/// Takes everything and reads nothing: the last of the readers, which says of a file that no other took what it seems to be. So a
/// picture, a program or a format that is not read yet is a failure of its own with a reason, never a silent skip. Stateless.
/// </summary>
public sealed class UnreadableFileReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "unread format";

    /// <inheritdoc/>
    public string Fingerprint => "unread/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head) => true;

    /// <inheritdoc/>
    /// <exception cref="UnsupportedException">Always, unless the content is damaged text.</exception>
    /// <exception cref="CorruptException">The file is named as text and is not.</exception>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlySpan<byte> head = content.Span[..Math.Min(content.Length, 4096)];
        string extension = Path.GetExtension(item.Id);
        if ((FileSignatures.FromBytes(head) is { Kind: not FileSignatureKind.Archive } found ? found : FileSignatures.FromExtension(extension) ?? FileSignatures.FromBytes(head)) is { } known)
        {
            throw new UnsupportedException(
                known.Kind == FileSignatureKind.Document
                    ? $"{item.Id} is {known.Name}, which is not read yet; save it as PDF, DOCX, HTML, Markdown or text."
                    : $"{item.Id} is {known.Name}, which holds no text to read.",
                item.Id);
        }

        throw new UnsupportedException($"{item.Id} is neither text nor a format that is known here.", item.Id);
    }
}
