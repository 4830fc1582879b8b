using System.Text;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Storage;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Writing;

/// <summary>
/// A document checked as a whole, to be made ready chunk by chunk: the terms of a large document are many times its size, so
/// they are counted only when they are written.
/// </summary>
/// <param name="Indexed">What the caller gave; sound.</param>
/// <param name="Form">What vectors are, or null in a text-only index.</param>
/// <param name="Analyzer">Makes the terms.</param>
internal sealed record PreparedDocument(IndexedDocument Indexed, VectorForm? Form, ITextAnalyzer Analyzer)
{
    // The terms of this many chunks may be in memory at once.
    private const int MostChunksReady = 32;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private TextPiece[]? _text;
    private TermCounts[]? _terms;

    private bool IsSmall => Indexed.Chunks.Count <= MostChunksReady;

    /// <summary>Checks several documents, and that no id comes twice.</summary>
    /// <exception cref="ArgumentException">Something does not fit; names document and chunk.</exception>
    public static IReadOnlyList<PreparedDocument> CreateAll(
        IReadOnlyList<IndexedDocument> documents, VectorForm? form, ITextAnalyzer analyzer, CancellationToken cancellationToken)
    {
        PreparedDocument[] prepared = new PreparedDocument[documents.Count];
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Create(documents[i], form, analyzer, cancellationToken);
            if (!ids.Add(documents[i].Document.Id))
            {
                throw new ArgumentException($"The document {documents[i].Document.Id} comes twice; none of the {prepared.Length} is stored.", nameof(documents));
            }
        }

        // What takes long and needs no database, on all processors; a large document's is made piece by piece while it is written.
        Parallel.ForEach(
            prepared.Where(document => document.IsSmall),
            new ParallelOptions { CancellationToken = cancellationToken },
            document => document.MakeReady());
        return prepared;
    }

    /// <summary>Checks everything that could make storing fail.</summary>
    /// <param name="indexed">What the caller gave.</param>
    /// <param name="form">What vectors are, or null in a text-only index.</param>
    /// <param name="analyzer">Makes the terms.</param>
    /// <param name="cancellationToken">Ends preparing.</param>
    /// <exception cref="ArgumentException">Something does not fit; names document and chunk.</exception>
    public static PreparedDocument Create(IndexedDocument indexed, VectorForm? form, ITextAnalyzer analyzer, CancellationToken cancellationToken)
    {
        Document document = indexed.Document;
        RequireStorable(document.Id, "id", document.Id);
        RequireStorable(document.Title ?? "", "title", document.Id);
        RequireSound(document.Text, "text", document.Id);
        CheckAccess(document);
        CheckVectors(indexed, form);

        HashSet<string> ids = new(StringComparer.Ordinal);
        float[] prepared = new float[form?.Dimensions ?? 0];
        for (int i = 0; i < indexed.Chunks.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Chunk chunk = indexed.Chunks[i];
            CheckChunk(chunk, document, ids);
            if (form?.Prepare(indexed.Vectors![i].Span, prepared) is { } fault)
            {
                throw Unfit(document.Id, $"The vector of chunk {chunk.Id} {fault}");
            }
        }

        return new(indexed, form, analyzer);
    }

    /// <summary>The text in the pieces in which it is stored.</summary>
    public IEnumerable<TextPiece> Text => _text ?? TextPiece.Of(Indexed.Document.Text);

    /// <summary>The terms of a chunk.</summary>
    public TermCounts TermsOf(int chunk) => _terms?[chunk] ?? TermCounts.Of(Analyzer, Indexed.Chunks[chunk].IndexedText);

    /// <summary>The stored form of a chunk's vector; null in a text-only index.</summary>
    public byte[]? VectorOf(int chunk)
    {
        if (Form is not { } form)
        {
            return null;
        }

        float[] prepared = new float[form.Dimensions];
        form.Prepare(Indexed.Vectors![chunk].Span, prepared);
        return VectorForm.Encode(prepared);
    }

    private void MakeReady()
    {
        _text = [.. TextPiece.Of(Indexed.Document.Text)];
        _terms = new TermCounts[Indexed.Chunks.Count];
        for (int i = 0; i < _terms.Length; i++)
        {
            _terms[i] = TermCounts.Of(Analyzer, Indexed.Chunks[i].IndexedText);
            _ = _terms[i].Sorted;
        }
    }

    private static void CheckAccess(Document document)
    {
        try
        {
            AccessRules.Check(document.Access);
        }
        catch (ArgumentException error)
        {
            throw Unfit(document.Id, error.Message, error);
        }
    }

    private static void CheckVectors(IndexedDocument indexed, VectorForm? form)
    {
        int vectors = indexed.Vectors?.Count ?? 0;
        if (form is null && vectors > 0)
        {
            throw Unfit(indexed.Document.Id, "The index is text-only by its manifest, yet vectors came");
        }

        if (form is not null && vectors != indexed.Chunks.Count)
        {
            throw Unfit(indexed.Document.Id, $"There are {indexed.Chunks.Count} chunks but {vectors} vectors");
        }
    }

    private static void CheckChunk(Chunk chunk, Document document, HashSet<string> ids)
    {
        RequireStorable(chunk.Id, "chunk id", document.Id);
        if (!ids.Add(chunk.Id))
        {
            throw Unfit(document.Id, $"Two chunks have the id {chunk.Id}");
        }

        if (chunk.DocumentId != document.Id)
        {
            throw Unfit(document.Id, $"Chunk {chunk.Id} says that it is a part of {chunk.DocumentId}");
        }

        TextRange range = chunk.Range;
        if (range.Start < 0 || range.End < range.Start || range.End > document.Text.Length || !range.Of(document.Text).SequenceEqual(chunk.Text))
        {
            throw Unfit(document.Id, $"The text of chunk {chunk.Id} is not the document's text at {range}");
        }

        if (Splits(document.Text, range.Start) || Splits(document.Text, range.End))
        {
            throw Unfit(document.Id, $"Chunk {chunk.Id} at {range} splits a surrogate pair");
        }

        foreach (string heading in chunk.HeadingPath)
        {
            RequireSound(heading, "heading", document.Id);
        }
    }

    private static bool Splits(string text, int offset) => offset > 0 && offset < text.Length && char.IsSurrogatePair(text[offset - 1], text[offset]);

    private static void RequireStorable(string text, string what, string document)
    {
        RequireSound(text, what, document);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw Unfit(document, $"The {what} holds a NUL character");
        }
    }

    private static void RequireSound(string text, string what, string document)
    {
        try
        {
            Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException error)
        {
            throw Unfit(document, $"The {what} holds half a surrogate pair", error);
        }
    }

    private static ArgumentException Unfit(string document, string what, Exception? inner = null) =>
        new($"{what}; document {document} is not stored.", inner);
}
