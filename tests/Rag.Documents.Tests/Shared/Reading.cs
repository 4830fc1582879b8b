using System.Security.Cryptography;
using System.Text;

namespace Rag.Documents.Tests;

/// <summary>Reads bytes as the ingestion does: the first reader that takes them reads them.</summary>
internal static class Reading
{
    public static readonly IReadOnlyList<IDocumentReader> Readers = DocumentReaders.CreateDefault();

    public static async Task<Document> ReadAsync(string id, byte[] content, CancellationToken cancellationToken = default)
    {
        var item = new SourceItem { Id = id, Length = content.Length };
        Document document = await ReaderOf(id, content).ReadAsync(item, content, Convert.ToHexStringLower(SHA256.HashData(content)), cancellationToken);
        AssertSound(document);
        return document;
    }

    public static Task<Document> ReadAsync(string id, string content) => ReadAsync(id, Encoding.UTF8.GetBytes(content));

    public static IDocumentReader ReaderOf(string id, byte[] content) =>
        Readers.First(reader => reader.CanRead(new SourceItem { Id = id }, content.AsSpan(0, Math.Min(4096, content.Length))));

    /// <summary>The elements as "kind level: text", which is what most tests look at.</summary>
    public static string[] Lines(Document document) =>
        [.. document.Elements.Select(element => $"{element.Kind}{(element.Level > 0 ? $" {element.Level}" : "")}: {document.Text[element.Range.Start..element.Range.End]}")];

    /// <summary>What holds of every document whatever it was read from.</summary>
    public static void AssertSound(Document document)
    {
        AssertInOrder(document.Elements.Select(element => element.Range), document.Text.Length, mayBeEmpty: false);
        AssertInOrder(document.Pages.Select(page => page.Range), document.Text.Length, mayBeEmpty: true);
        for (int i = 0; i < document.Text.Length; i++)
        {
            if (char.IsSurrogate(document.Text[i]))
            {
                Assert.True(char.IsSurrogatePair(document.Text, i), $"A lone surrogate stands at {i}.");
                i++;
            }
        }

        foreach (DocumentElement element in document.Elements)
        {
            Assert.False(string.IsNullOrWhiteSpace(document.Text[element.Range.Start..element.Range.End]));
            Assert.False(char.IsLowSurrogate(document.Text[element.Range.Start]));
        }
    }

    private static void AssertInOrder(IEnumerable<TextRange> ranges, int length, bool mayBeEmpty)
    {
        int end = 0;
        foreach (TextRange range in ranges)
        {
            Assert.InRange(range.Start, end, length);
            Assert.InRange(range.End, mayBeEmpty ? range.Start : range.Start + 1, length);
            end = range.End;
        }
    }
}
