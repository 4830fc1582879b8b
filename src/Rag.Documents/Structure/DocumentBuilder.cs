using System.Text;

namespace Rag.Documents;

/// <summary>
/// Writes a document's text block by block and keeps where each one stands. Blocks are parted by an empty line; items of one
/// list, rows of one table and lines of one listing by a line end.
/// </summary>
internal sealed class DocumentBuilder(ReaderOptions limits, string location)
{
    private readonly StringBuilder _text = new();
    private readonly List<DocumentElement> _elements = [];
    private readonly List<DocumentPage> _pages = [];
    private int _pageNumber;
    private int _pageStart = -1;

    /// <summary>Whether anything was written.</summary>
    public bool IsEmpty => _elements.Count == 0;

    /// <summary>Writes a block; one without any text is left out.</summary>
    public void Add(ElementKind kind, int level, ReadOnlySpan<char> text)
    {
        string clean = TextCleaner.Clean(text);
        if (clean.Length == 0)
        {
            return;
        }

        if (_elements.Count >= limits.MaxElements)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxElements), limits.MaxElements, _elements.Count + 1L, location);
        }

        bool close = _elements.Count > 0 && _elements[^1].Kind == kind && kind is ElementKind.ListItem or ElementKind.TableRow or ElementKind.Code
            && _elements[^1].Range.End > _pageStart;
        string separator = _text.Length == 0 ? "" : close ? "\n" : "\n\n";
        long length = (long)_text.Length + separator.Length + clean.Length;
        if (length > limits.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), limits.MaxTextCharacters, length, location);
        }

        _text.Append(separator);
        int start = _text.Length;
        _text.Append(clean);
        if (close && kind == ElementKind.Code)
        {
            // Lines of one listing are one element, so that a chunker keeps them together.
            _elements[^1] = _elements[^1] with { Range = new TextRange(_elements[^1].Range.Start, _text.Length) };
            return;
        }

        _elements.Add(new DocumentElement(kind, new TextRange(start, _text.Length), level));
    }

    /// <summary>Writes a block.</summary>
    public void Add(in Block block) => Add(block.Kind, block.Level, block.Text);

    /// <summary>Everything written from here on stands on the page of this number, until the next call.</summary>
    public void BeginPage(int number)
    {
        EndPage();
        _pageNumber = number;
        _pageStart = _text.Length;
    }

    /// <summary>The document so far.</summary>
    public Document Build(SourceItem item, string contentHash, string? title)
    {
        EndPage();
        string? cleanTitle = title is null ? null : TextCleaner.OneLine(TextCleaner.Clean(title));
        return new Document
        {
            Id = item.Id,
            Text = _text.ToString(),
            ContentHash = contentHash,
            Title = string.IsNullOrEmpty(cleanTitle) ? null : cleanTitle,
            Elements = _elements,
            Pages = _pages,
        };
    }

    private void EndPage()
    {
        if (_pageStart < 0)
        {
            return;
        }

        // The separator before a page's first block belongs to no page, so a page begins where its first block does.
        int start = _text.Length;
        for (int i = _elements.Count - 1; i >= 0 && _elements[i].Range.Start >= _pageStart; i--)
        {
            start = _elements[i].Range.Start;
        }

        _pages.Add(new DocumentPage(_pageNumber, new TextRange(start, _text.Length)));
        _pageStart = -1;
    }
}
