using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Rag.Chunking;
using Rag.Documents;
using Rag.Tests.Fakes;

namespace Rag.Tests.Chunking;

public sealed class StructureChunkerPropertyTests
{
    /// <summary>Pieces that hurt: surrogates, joiners, marks alone, prepended marks, CR LF, bullets, East Asian stops.</summary>
    private static readonly string[] Pieces =
    [
        "a", "word ", "Sentence ends. ", "Dr. Who said 3.5! ", "\n", "\n\n", "\r\n", "\t", "  ", "- ", "# ", "| x | y |", "1. ", "\u0301", "e\u0301", "😀", "👨‍👩‍👧‍👦", "🇰🇷🇰", "\u200D",
        "한국어 문장이다. ", "한", "\u1112\u1161\u11ab", "日本語。", "「引用。」", "中文！", "\u0600", "\u0600 ", "नमस्ते ", "ก็", "\u2028", "\u3000", "\0", "longwordwithoutanyspaceinside", "…", "\"Quoted.\" ", "\uFEFF",
    ];

    private static readonly Gen<Document> AnyDocument =
        from pieces in Gen.ListOf(Gen.Elements(Pieces))
        from cuts in Gen.ListOf(Gen.Choose(0, 400))
        from kinds in Gen.ArrayOf(Gen.Elements(Enum.GetValues<ElementKind>()), 64)
        from title in Gen.Elements<string?>(null, "", "Title", "한국어 제목")
        select Make(string.Concat(pieces), cuts, kinds, title);

    [Fact]
    public void Split_AnyDocument_CoversItsTextWithVerbatimWholeGraphemes() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(120),
            Prop.ForAll(AnyDocument.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (document, maxTokens) =>
            {
                StructureChunker chunker = new(options: new ChunkingOptions { MaxTokens = maxTokens, MinTokens = maxTokens / 4 });
                return ChunkInvariants.Broken(document, chunker.Split(document)) is not { } fault ? true : throw new InvalidOperationException(fault);
            }));

    [Fact]
    public void Split_AnyDocument_IndexedTextFitsTheWindow() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(120),
            Prop.ForAll(AnyDocument.ToArbitrary(), Gen.Choose(12, 60).ToArbitrary(), (document, window) =>
                new StructureChunker(new BoundedCounter(window)).Split(document)
                    .All(chunk => new WordTokenCounter().Count(chunk.IndexedText) <= window
                        || (chunk.HeadingPath.Count == 0 && new StringInfo(chunk.Text).LengthInTextElements == 1))));

    [Fact]
    public void Split_SameDocumentTwice_GivesEqualChunks() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(AnyDocument.ToArbitrary(), document =>
                new StructureChunker().Split(document).Select(chunk => chunk.Id).SequenceEqual(new StructureChunker().Split(document).Select(chunk => chunk.Id))));

    private static Document Make(string text, IEnumerable<int> cuts, ElementKind[] kinds, string? title)
    {
        List<DocumentElement> elements = [];
        int start = 0;
        foreach (int cut in cuts.Where(cut => cut < text.Length).Distinct().Order())
        {
            if (elements.Count % 3 != 2)
            {
                elements.Add(new DocumentElement(kinds[elements.Count % kinds.Length], new TextRange(start, cut), elements.Count % 4));
            }

            start = cut + (cut % 5);
        }

        return new Document
        {
            Id = "any", Text = text, ContentHash = "00", Title = title,
            Elements = [.. elements.Where(element => element.Range.Start < element.Range.End)],
        };
    }
}
