using System.Text.Json.Nodes;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>
/// A document as one line. Elements are [kind, start, end, level], pages [number, start, end]. What comes from a file may be
/// anything: it becomes a document only through <see cref="ToIndexed"/>.
/// </summary>
internal sealed record ExchangeDocument(
    string? Id, string? Title, string? ContentHash, string? Fingerprint, string? Text, IReadOnlyList<int[]?>? Elements, IReadOnlyList<int[]?>? Pages, IReadOnlyList<ExchangeChunk?>? Chunks,
    JsonObject? Metadata = null, IReadOnlyList<string?>? Access = null)
{
    public static ExchangeDocument From(Document document, string fingerprint, IReadOnlyList<ExchangeChunk> chunks) => new(
        document.Id,
        document.Title,
        document.ContentHash,
        fingerprint,
        document.Text,
        [.. document.Elements.Select(element => (int[])[(int)element.Kind, element.Range.Start, element.Range.End, element.Level])],
        [.. document.Pages.Select(page => (int[])[page.Number, page.Range.Start, page.Range.End])],
        chunks,
        MetadataJson.Write(document.Metadata),
        document.Access.Count == 0 ? null : document.Access);

    /// <summary>The document that the line describes.</summary>
    /// <param name="manifest">Names the models of the vectors that there are.</param>
    /// <exception cref="FormatException">Something cannot be; says what.</exception>
    public IndexedDocument ToIndexed(IndexManifest? manifest)
    {
        string id = Id ?? throw new FormatException("A document has no id");
        string text = Text ?? throw new FormatException($"Document {id} has no text");
        Document document = new()
        {
            Id = id,
            Title = Title,
            ContentHash = ContentHash ?? throw new FormatException($"Document {id} has no contentHash"),
            Text = text,
            Elements = [.. Ranges(Elements, 1, 4, text, id, "element").Select(row => new DocumentElement(Kind(row[0], id), new(row[1], row[2]), row[3]))],
            Metadata = MetadataJson.Read(Metadata, id),
            Access = [.. (Access ?? []).Select(entry => entry ?? throw new FormatException($"An entry of the access of document {id} is null"))],
            Pages = [.. Ranges(Pages, 1, 3, text, id, "page").Select(row => new DocumentPage(row[0], new(row[1], row[2])))],
        };
        IReadOnlyList<ExchangeChunk?> given = Chunks ?? [];
        return new(
            document,
            Fingerprint ?? throw new FormatException($"Document {id} has no fingerprint"),
            [.. given.Select((chunk, i) => MakeChunk(chunk, i, id, text))],
            manifest?.Embedding is { } dense ? [.. given.Select(chunk => ExchangeVectors.ReadDense(chunk!, dense))] : null)
        {
            SparseVectors = manifest?.Sparse is { } sparse ? [.. given.Select(chunk => ExchangeVectors.ReadSparse(chunk!, sparse))] : null,
            TokenVectors = manifest?.Tokens is { } tokens ? [.. given.Select(chunk => ExchangeVectors.ReadTokens(chunk!, tokens))] : null,
        };
    }

    private static Chunk MakeChunk(ExchangeChunk? chunk, int ordinal, string document, string text)
    {
        if (chunk?.Id is not { Length: > 0 } id)
        {
            throw new FormatException($"A chunk of document {document} has no id");
        }

        if (chunk.Start < 0 || chunk.End < chunk.Start || chunk.End > text.Length || chunk.Page < 1)
        {
            throw new FormatException($"Chunk {id} lies outside the text of document {document}");
        }

        string[] headings = [.. (chunk.Headings ?? []).Select(heading => heading ?? throw new FormatException($"A heading of chunk {id} is null"))];
        return new()
        {
            Id = id, DocumentId = document, Ordinal = ordinal, Range = new(chunk.Start, chunk.End), Text = text[chunk.Start..chunk.End], Page = chunk.Page, HeadingPath = headings,
        };
    }

    // Rows whose ranges come in order and lie in the text.
    private static IEnumerable<int[]> Ranges(IReadOnlyList<int[]?>? rows, int at, int length, string text, string document, string what)
    {
        int last = 0;
        foreach (int[]? row in rows ?? [])
        {
            if (row?.Length != length || row[at] < last || row[at + 1] < row[at] || row[at + 1] > text.Length || row[0] < 0 || row[^1] < 0)
            {
                throw new FormatException($"An {what} of document {document} cannot be".Replace("An page", "A page", StringComparison.Ordinal));
            }

            last = row[at + 1];
            yield return row;
        }
    }

    private static ElementKind Kind(int value, string document) =>
        Enum.IsDefined((ElementKind)value) ? (ElementKind)value : throw new FormatException($"Document {document} has an element of the unknown kind {value}");
}
