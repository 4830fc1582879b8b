namespace Rag.Documents;

/// <summary>
/// A document as read: one text, and over it the structure and the pages as ranges. Every offset that Rag reports anywhere
/// (chunks, citations) is an offset into <see cref="Text"/>. Immutable and safe to share between threads.
/// </summary>
public sealed record Document
{
    /// <summary>Deterministic id: the document's normalised URI, for a folder the path relative to it with forward slashes.</summary>
    public required string Id { get; init; }

    /// <summary>The whole text, UTF-16 without lone surrogates. For plain text and Markdown the decoded file unchanged.</summary>
    public required string Text { get; init; }

    /// <summary>Hash of the bytes that the document was read from, lower-case hexadecimal SHA-256.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The title where the format states one.</summary>
    public string? Title { get; init; }

    /// <summary>Structure in text order, without overlaps; text between elements belongs to none. Empty means: unstructured.</summary>
    public IReadOnlyList<DocumentElement> Elements { get; init; } = [];

    /// <summary>Pages in order; empty where the format has none.</summary>
    public IReadOnlyList<DocumentPage> Pages { get; init; } = [];

    /// <summary>What is said of it beside the text, by name.</summary>
    public DocumentMetadata Metadata { get; init; } = DocumentMetadata.Empty;

    /// <summary>
    /// Who may read it: names of users and groups, "*" for every principal (<see cref="Index.AccessRules"/>). Empty: everybody,
    /// unless it is stored in a protected index, where then nobody may.
    /// </summary>
    public IReadOnlyList<string> Access { get; init; } = [];

    /// <summary>The number of the page that holds the given offset, or null where there are no pages.</summary>
    public int? PageAt(int offset)
    {
        int low = 0, high = Pages.Count - 1;
        int? found = null;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (Pages[middle].Range.Start <= offset)
            {
                found = Pages[middle].Number;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return found;
    }
}
