namespace Rag.Documents;

/// <summary>
/// Finds what people write as headings in plain text: a short line after a blank one, underlined with equals signs or hyphens
/// to about its own length. Nothing else is guessed.
/// </summary>
internal static class UnderlinedHeadings
{
    private const int MaxTitle = 100;
    private const int MinMarks = 3;
    private const int Slack = 3;

    /// <summary>The headings with their underlines, in text order; equals signs are of level 1, hyphens of level 2.</summary>
    public static List<DocumentElement> Find(string text)
    {
        List<DocumentElement> headings = [];
        bool blankBefore = true;
        int titleStart = 0, titleEnd = 0;
        for (int start = 0; start < text.Length;)
        {
            int newline = text.AsSpan(start).IndexOf('\n');
            int end = newline < 0 ? text.Length : start + newline;
            ReadOnlySpan<char> title = text.AsSpan(titleStart, titleEnd - titleStart).Trim(), line = text.AsSpan(start, end - start).Trim();
            if (blankBefore && Level(title, line) is > 0 and int level)
            {
                headings.Add(new DocumentElement(ElementKind.Heading, new TextRange(titleStart, end), level));
            }

            blankBefore = title.IsEmpty;
            (titleStart, titleEnd) = (start, end);
            start = end + 1;
        }

        return headings;
    }

    private static int Level(ReadOnlySpan<char> title, ReadOnlySpan<char> line)
    {
        bool underlined = line.Length >= MinMarks && line[0] is '=' or '-' && !line.ContainsAnyExcept(line[0]);
        bool titled = title.Length is > 0 and <= MaxTitle && Math.Abs(title.Length - line.Length) <= Slack && !title.Contains("  ", StringComparison.Ordinal);
        return !underlined || !titled ? 0 : line[0] == '=' ? 1 : 2;
    }
}
