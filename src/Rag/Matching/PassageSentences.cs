using System.Buffers;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Matching;

/// <summary>Cuts a chunk into what can be quoted: sentences, and rows and list items as they are.</summary>
internal static class PassageSentences
{
    private const int LongestWhole = 400;
    private const int LongestTitle = 60;
    private static readonly SearchValues<char> NotInTitles = SearchValues.Create(".!?:;。！？|,\n");

    /// <summary>The pieces, in text order.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="document">Its document; the elements that it knows say what is a row or a heading.</param>
    public static List<PassageSentence> Of(Chunk chunk, Document document)
    {
        List<PassageSentence> pieces = [];
        int position = chunk.Range.Start;
        foreach (DocumentElement element in document.Elements)
        {
            if (element.Range.Start >= chunk.Range.End)
            {
                break;
            }

            TextRange range = new(Math.Max(element.Range.Start, position), Math.Min(element.Range.End, chunk.Range.End));
            if (range.IsEmpty)
            {
                continue;
            }

            AddSentences(chunk, document.Text, new TextRange(position, range.Start), ElementKind.Paragraph, pieces);
            bool whole = element.Kind is ElementKind.TableRow or ElementKind.ListItem or ElementKind.Heading && range.Length <= LongestWhole;
            if (whole)
            {
                Add(document.Text, range, KindOf(element.Kind, range.Of(document.Text)), pieces);
            }
            else
            {
                AddSentences(chunk, document.Text, range, KindOf(element.Kind, range.Of(document.Text)), pieces);
            }

            position = range.End;
        }

        AddSentences(chunk, document.Text, new TextRange(position, chunk.Range.End), ElementKind.Paragraph, pieces);
        return pieces;
    }

    /// <summary>A list's entry that ends as a sentence does is one.</summary>
    private static ElementKind KindOf(ElementKind kind, ReadOnlySpan<char> text) =>
        kind == ElementKind.ListItem && text.TrimEnd().TrimEnd("\"'”’)]*_") is [.., '.' or '!' or '?' or '…'] ? ElementKind.Paragraph : kind;

    private static void AddSentences(Chunk chunk, string text, TextRange range, ElementKind kind, List<PassageSentence> pieces)
    {
        if (range.IsEmpty)
        {
            return;
        }

        foreach (TextRange sentence in SentenceSplitter.Split(text, range))
        {
            ReadOnlySpan<char> words = sentence.Of(text).Trim();
            bool heading = words.StartsWith('#') || (chunk.HeadingPath.Count > 0 && words.Equals(chunk.HeadingPath[^1], StringComparison.Ordinal));
            heading |= kind == ElementKind.Paragraph && IsTitleLine(text, sentence, words);
            Add(text, sentence, heading ? ElementKind.Heading : kind, pieces);
        }
    }

    /// <summary>
    /// Whether words stand as a title does in a plain text: few, on a line of their own with a blank line (or nothing) above and
    /// a line break below, without a digit or the mark of a sentence or a record in them.
    /// </summary>
    private static bool IsTitleLine(string text, TextRange sentence, ReadOnlySpan<char> words)
    {
        ReadOnlySpan<char> above = text.AsSpan(0, sentence.Start).TrimEnd([' ', '\t', '\r']);
        ReadOnlySpan<char> below = sentence.Of(text);
        return words.Length is > 0 and <= LongestTitle
            && !words.ContainsAny(NotInTitles) && !words.ContainsAnyInRange('0', '9')
            && (above.IsEmpty || above.EndsWith("\n\n", StringComparison.Ordinal) || above.EndsWith("\n\r\n", StringComparison.Ordinal))
            && below[^(below.Length - below.TrimEnd().Length)..].Contains('\n');
    }

    /// <summary>Adds a piece without white space around it; marks alone ("|---|", "- ") are none.</summary>
    private static void Add(string text, TextRange range, ElementKind kind, List<PassageSentence> pieces)
    {
        ReadOnlySpan<char> piece = range.Of(text);
        int start = range.End - piece.TrimStart().Length, end = range.Start + piece.TrimEnd().Length;
        for (int i = start; i < end; i++)
        {
            if (char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i]))
            {
                pieces.Add(new PassageSentence(new TextRange(start, end), kind));
                return;
            }
        }
    }
}
