using Rag.Documents;

namespace Rag.Chunking;

/// <summary>
/// Lays a document's elements side by side so that they cover its text. What stands between two elements goes to the one on
/// whose line it stands ("# " before a heading, "|" after a cell); whole lines between become paragraphs, cut at blank lines.
/// </summary>
internal static class DocumentBlocks
{
    /// <summary>The blocks in text order; together they are the whole text. Elements that overlap or leave the text are clipped.</summary>
    public static IEnumerable<TextBlock> Of(Document document)
    {
        string text = document.Text;
        TextBlock? open = null;
        int position = 0;
        foreach (DocumentElement element in document.Elements)
        {
            int floor = open?.Core.End ?? 0;
            TextRange core = new(Math.Clamp(element.Range.Start, floor, text.Length), Math.Clamp(element.Range.End, floor, text.Length));
            if (core.IsEmpty || text.AsSpan(core.Start, core.Length).IsWhiteSpace())
            {
                continue;
            }

            (int closed, int begin) = Share(text, new TextRange(floor, core.Start), open is not null);
            int boundary = Math.Max(position, Graphemes.Next(text, position, closed));
            begin = Math.Max(boundary, Graphemes.Next(text, boundary, begin));
            foreach (TextBlock block in Close(text, open, position, boundary, begin))
            {
                yield return block;
            }

            position = begin;
            open = new TextBlock(element.Kind, core, core, element.Level);
        }

        int last = open is null ? 0 : Math.Max(position, Graphemes.Next(text, position, Share(text, new TextRange(open.Value.Core.End, text.Length), true).Closed));
        foreach (TextBlock block in Close(text, open, position, last, text.Length))
        {
            yield return block;
        }
    }

    /// <summary>The open block, now that its end is known, and the paragraphs between it and the next element.</summary>
    private static IEnumerable<TextBlock> Close(string text, TextBlock? open, int position, int boundary, int begin)
    {
        bool blank = text.AsSpan(boundary, begin - boundary).IsWhiteSpace();
        if (open is { } block)
        {
            yield return block with { Range = new TextRange(position, blank ? begin : boundary) };
            position = blank ? begin : boundary;
        }

        while (position < begin)
        {
            int end = Graphemes.Next(text, position, NextParagraph(text, position, begin));
            yield return new TextBlock(ElementKind.Paragraph, new TextRange(position, end), new TextRange(position, end), 0);
            position = end;
        }
    }

    /// <summary>How a gap is shared: up to <c>Closed</c> it goes to the element before, from <c>Begin</c> to the one after.</summary>
    private static (int Closed, int Begin) Share(string text, TextRange gap, bool hasBefore)
    {
        ReadOnlySpan<char> between = gap.Of(text);
        int first = between.IndexOf('\n');
        if (between.IsWhiteSpace())
        {
            return hasBefore ? (gap.End, gap.End) : (gap.Start, gap.Start);
        }

        return first < 0
            ? (gap.Start, gap.Start)
            : (hasBefore ? gap.Start + first + 1 : gap.Start, gap.Start + between.LastIndexOf('\n') + 1);
    }

    /// <summary>Where the paragraph that begins at <paramref name="start"/> ends: after the next blank lines.</summary>
    private static int NextParagraph(string text, int start, int end)
    {
        int i = start;
        while (i < end && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        while (i < end)
        {
            int newline = text.AsSpan(i, end - i).IndexOf('\n');
            if (newline < 0)
            {
                return end;
            }

            i += newline + 1;
            int breaks = 0;
            while (i < end && char.IsWhiteSpace(text[i]))
            {
                breaks += text[i] == '\n' ? 1 : 0;
                i++;
            }

            if (breaks > 0)
            {
                return i;
            }
        }

        return end;
    }
}
