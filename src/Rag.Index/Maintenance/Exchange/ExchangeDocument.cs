using System.Buffers.Binary;
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
    public static ExchangeDocument From(Document document, string fingerprint, IReadOnlyList<Chunk> chunks, IReadOnlyList<byte[]?> vectors) => new(
        document.Id,
        document.Title,
        document.ContentHash,
        fingerprint,
        document.Text,
        [.. document.Elements.Select(element => (int[])[(int)element.Kind, element.Range.Start, element.Range.End, element.Level])],
        [.. document.Pages.Select(page => (int[])[page.Number, page.Range.Start, page.Range.End])],
        [.. chunks.Select((chunk, i) => new ExchangeChunk(
            chunk.Id, chunk.Range.Start, chunk.Range.End, chunk.Page, chunk.HeadingPath, vectors[i] is { } vector ? Convert.ToBase64String(vector) : null))],
        MetadataJson.Write(document.Metadata),
        document.Access.Count == 0 ? null : document.Access);

    /// <summary>The document that the line describes.</summary>
    /// <param name="dimensions">Length of a vector; null where there are none.</param>
    /// <exception cref="FormatException">Something cannot be; says what.</exception>
    public IndexedDocument ToIndexed(int? dimensions)
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
            dimensions is { } length ? [.. given.Select(chunk => MakeVector(chunk!, length))] : null);
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

    private static ReadOnlyMemory<float> MakeVector(ExchangeChunk chunk, int dimensions)
    {
        byte[] bytes = new byte[checked(dimensions * sizeof(float))];
        if (chunk.Vector is not { } base64 || base64.Length != (bytes.Length + 2) / 3 * 4 || !Convert.TryFromBase64String(base64, bytes, out int written) || written != bytes.Length)
        {
            throw new FormatException($"The vector of chunk {chunk.Id} is not {dimensions} 32-bit floats as Base64");
        }

        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return vector;
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
