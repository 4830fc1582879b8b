namespace Rag.Documents;

/// <summary>
/// Finds the blocks of Markdown and where they stand, line by line, in time linear in the text: no tree is built, so no nesting can
/// make it slow or deep. What it cannot know without a tree (a list inside a quotation inside a list) is given the nearest simpler
/// shape; the text itself is never changed.
/// </summary>
internal sealed class MarkdownScanner(string text, int maxElements, string location)
{
    private const int MaxListDepth = 32;
    private readonly List<DocumentElement> _elements = [];
    private readonly List<int> _listIndents = [];
    private int _next;

    // The block that is open: its first and last character, and what it is.
    private ElementKind _openKind;
    private int _openStart = -1, _openEnd, _openLevel;
    private bool _openIsTable;
    private bool _afterBlank = true;
    private bool _noCommentEnds;

    public IReadOnlyList<DocumentElement> Elements => _elements;

    public string? Title { get; private set; }

    public DocumentMetadata Metadata { get; private set; } = DocumentMetadata.Empty;

    public void Scan(CancellationToken cancellationToken)
    {
        ReadFrontMatter();
        for (int lines = 0; _next < text.Length; lines++)
        {
            if ((lines & 0xFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int start = _next;
            Line(start, NextLine());
        }

        Close();
        Title ??= _elements.Find(element => element is { Kind: ElementKind.Heading, Level: 1 }) is { } heading ? HeadingText(heading.Range) : null;
    }

    private void Line(int start, int end)
    {
        int content = SkipQuoteAndIndent(start, end, out int indent, out bool quoted);
        ReadOnlySpan<char> line = text.AsSpan(content, end - content);
        if (line.IsEmpty)
        {
            Close();
            _afterBlank = true;
            return;
        }

        bool afterBlank = _afterBlank;
        _afterBlank = false;
        if (MarkdownLine.Fence(line, out char sign) is > 0 and int fence)
        {
            Close();
            Fenced(content, fence, sign, end);
        }
        else if (indent >= 4 && !quoted && _listIndents.Count == 0 && (afterBlank || _openKind == ElementKind.Code) && (_openStart < 0 || _openKind == ElementKind.Code))
        {
            Extend(ElementKind.Code, 0, start, end);
        }
        else if (MarkdownLine.AtxLevel(line) is > 0 and int level)
        {
            _listIndents.Clear();
            Single(ElementKind.Heading, level, content, end);
        }
        else if (_openStart >= 0 && _openKind == ElementKind.Paragraph && MarkdownLine.SetextLevel(line) is > 0 and int setext)
        {
            (_openKind, _openLevel, _openEnd) = (ElementKind.Heading, setext, end);
            _listIndents.Clear();
            Close();
        }
        else if (MarkdownLine.IsBreak(line))
        {
            Close();
            _listIndents.Clear();
        }
        else if (line.StartsWith("<!--") && SkipComment(content, end))
        {
        }
        else if (MarkdownLine.ListMarker(line) is > 0 and int marker)
        {
            Close();
            Open(ElementKind.ListItem, ListDepth(indent, indent + marker), content, end);
        }
        else if (line.Contains('|') && TableRow(content, end))
        {
        }
        else
        {
            Running(content, end, indent, afterBlank);
        }
    }

    private void Running(int content, int end, int indent, bool afterBlank)
    {
        if (_openIsTable || (_openStart >= 0 && _openKind == ElementKind.Code))
        {
            Close();
        }

        if (afterBlank && indent < 2)
        {
            _listIndents.Clear();
        }

        if (_openStart < 0)
        {
            Open(ElementKind.Paragraph, 0, content, end);
        }
        else
        {
            _openEnd = end;
        }
    }

    private bool TableRow(int content, int end)
    {
        ReadOnlySpan<char> line = text.AsSpan(content, end - content);
        if (_openIsTable)
        {
            if (!MarkdownLine.IsTableRule(line))
            {
                _openIsTable = false;
                Single(ElementKind.TableRow, 0, content, end);
            }

            _openIsTable = true;
            return true;
        }

        // A head is known by the line of dashes under it.
        int rule = _next;
        if (rule >= text.Length || (_openStart >= 0 && _openKind == ElementKind.ListItem))
        {
            return false;
        }

        int ruleEnd = LineEnd(rule);
        int ruleContent = SkipQuoteAndIndent(rule, ruleEnd, out _, out _);
        if (!MarkdownLine.IsTableRule(text.AsSpan(ruleContent, ruleEnd - ruleContent)))
        {
            return false;
        }

        Single(ElementKind.TableRow, 0, content, end);
        NextLine();
        _openIsTable = true;
        return true;
    }

    private void Fenced(int start, int fence, char sign, int firstEnd)
    {
        int end = firstEnd;
        while (_next < text.Length)
        {
            int lineStart = _next;
            end = NextLine();
            int content = SkipQuoteAndIndent(lineStart, end, out _, out _);
            ReadOnlySpan<char> line = text.AsSpan(content, end - content).TrimEnd();
            if (line.Length >= fence && line.IndexOfAnyExcept(sign) < 0)
            {
                break;
            }
        }

        Single(ElementKind.Code, 0, start, end);
    }

    private bool SkipComment(int start, int end)
    {
        // A search that found no end is not made again: many comments left open would make it quadratic.
        int close = _noCommentEnds ? -1 : text.IndexOf("-->", start, StringComparison.Ordinal);
        _noCommentEnds |= close < 0;
        if (close < 0 || (close < end && !text.AsSpan(close + 3, end - close - 3).IsWhiteSpace()))
        {
            return false;
        }

        Close();
        if (close >= end)
        {
            _next = close + 3;
            NextLine();
        }

        return true;
    }

    private void ReadFrontMatter()
    {
        int end = LineEnd(0);
        if (end != 3 || !text.StartsWith("---", StringComparison.Ordinal))
        {
            return;
        }

        int first = _next = AfterLine(end);
        while (_next < text.Length)
        {
            int start = _next;
            ReadOnlySpan<char> line = text.AsSpan(start, NextLine() - start).TrimEnd();
            if (line is "---" or "...")
            {
                FrontMatterReader front = FrontMatterReader.Read(text.AsSpan(first, start - first));
                (Title, Metadata) = (front.Title, front.Metadata);
                return;
            }
        }

        // Never closed: it was a thematic break.
        _next = first;
    }

    private int ListDepth(int indent, int contentIndent)
    {
        while (_listIndents.Count > 0 && indent < _listIndents[^1] && (_listIndents.Count == 1 || indent < _listIndents[^1] - 1))
        {
            _listIndents.RemoveAt(_listIndents.Count - 1);
        }

        if (_listIndents.Count < MaxListDepth)
        {
            _listIndents.Add(contentIndent);
        }

        return _listIndents.Count;
    }

    private void Extend(ElementKind kind, int level, int start, int end)
    {
        if (_openStart >= 0 && _openKind == kind)
        {
            _openEnd = end;
            return;
        }

        Close();
        Open(kind, level, start, end);
    }

    private void Single(ElementKind kind, int level, int start, int end)
    {
        Close();
        Open(kind, level, start, end);
        Close();
    }

    private void Open(ElementKind kind, int level, int start, int end) => (_openKind, _openLevel, _openStart, _openEnd) = (kind, level, start, end);

    private void Close()
    {
        _openIsTable = false;
        if (_openStart < 0)
        {
            return;
        }

        int end = _openEnd;
        while (end > _openStart && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        if (_elements.Count >= maxElements)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxElements), maxElements, _elements.Count + 1L, location);
        }

        if (end > _openStart)
        {
            _elements.Add(new DocumentElement(_openKind, new TextRange(_openStart, end), _openLevel));
        }

        _openStart = -1;
    }

    private string HeadingText(TextRange range)
    {
        ReadOnlySpan<char> line = range.Of(text);
        int lineEnd = line.IndexOf('\n');
        return (lineEnd < 0 ? line : line[..lineEnd]).Trim("# \t\r").ToString();
    }

    private int SkipQuoteAndIndent(int start, int end, out int indent, out bool quoted)
    {
        indent = 0;
        quoted = false;
        int at = start;
        for (; at < end; at++)
        {
            char c = text[at];
            if (c == '>' && indent < 4)
            {
                quoted = true;
                indent = 0;
            }
            else if (c == ' ')
            {
                indent++;
            }
            else if (c == '\t')
            {
                indent += 4 - (indent % 4);
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private int NextLine()
    {
        int end = LineEnd(_next);
        _next = AfterLine(end);
        return end;
    }

    private int LineEnd(int start)
    {
        int length = start >= text.Length ? 0 : text.AsSpan(start).IndexOfAny('\n', '\r');
        return length < 0 ? text.Length : start + length;
    }

    private int AfterLine(int end) => end >= text.Length ? text.Length : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
}
