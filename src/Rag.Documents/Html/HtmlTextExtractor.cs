using System.Globalization;
using System.Text;
using AngleSharp.Html.Parser.Tokens;

namespace Rag.Documents;

/// <summary>
/// Turns tags into blocks with a short stack of open elements, which closes by itself what HTML lets authors leave open. It gives the
/// same blocks as a tree for pages that people write, and some blocks for any other.
/// </summary>
internal sealed class HtmlTextExtractor(StructureWriter writer, HtmlReaderOptions options, string location, bool navigation, bool xml)
{
    private readonly List<HtmlOpenElement> _open = [];
    private readonly Dictionary<string, int> _openCounts = [];
    private readonly List<(bool Ordered, int Number)> _lists = [];
    private readonly StringBuilder _inline = new();
    private readonly StringBuilder _title = new();
    private int _unread;
    private int _preformatted;
    private bool _inTitle;
    private string _marker = "";

    public string? Title => _title.Length == 0 ? null : _title.ToString();

    public void Text(string data)
    {
        if (_inTitle)
        {
            _title.Append(data);
        }
        else if (_unread == 0)
        {
            AppendInline(data);
        }
    }

    public void Start(HtmlTagToken tag)
    {
        string name = tag.Name;
        if (name == "title" && !(xml && tag.IsSelfClosing) && _open.TrueForAll(element => element.Name is "html" or "head"))
        {
            // The first title counts; another is not text of the page either.
            _inTitle = _title.Length == 0;
            if (!_inTitle)
            {
                _unread++;
                Push(name, unread: true);
            }

            return;
        }

        CloseImplied(name);
        if (HtmlTags.IsVoid(name))
        {
            VoidTag(name);
            return;
        }

        if (tag.IsSelfClosing && (xml || name == "svg"))
        {
            return;
        }

        bool unread = _unread > 0 || HtmlTags.IsUnread(tag, navigation);
        bool block = HtmlTags.IsBlock(name);
        if (_unread == 0 && block)
        {
            Flush();
        }

        // Past the depth only what hides is kept track of, so that what is hidden stays so.
        if (_open.Count >= options.MaxElementDepth && (!unread || _open.Count >= 2 * options.MaxElementDepth))
        {
            return;
        }

        if (unread)
        {
            _unread++;
        }
        else if (block)
        {
            Enter(tag);
        }

        Push(name, unread);
    }

    private void Push(string name, bool unread)
    {
        _open.Add(new HtmlOpenElement(name, unread));
        CountOpen(name, 1);
    }

    private void CountOpen(string name, int change)
    {
        int count = _openCounts.GetValueOrDefault(name) + change;
        if (count == 0)
        {
            _openCounts.Remove(name);
        }
        else
        {
            _openCounts[name] = count;
        }
    }

    public void End(string name)
    {
        if (name == "title" && _inTitle)
        {
            _inTitle = false;
            return;
        }

        if (name is "p" or "br" && _unread == 0)
        {
            // Both stand for a break even when nothing is open.
            if (name == "p")
            {
                Flush();
            }
            else
            {
                _inline.Append('\n');
            }
        }

        // What is not open is not looked for: a page of ends without beginnings takes no longer than another.
        for (int i = _openCounts.GetValueOrDefault(name) > 0 ? _open.Count - 1 : -1; i >= 0; i--)
        {
            if (_open[i].Name == name)
            {
                PopTo(i);
                return;
            }

            if (_open[i].Name is "td" or "th" or "table" && name is not ("table" or "tr" or "tbody" or "thead" or "tfoot" or "td" or "th" or "body" or "html"))
            {
                return;
            }
        }
    }

    public void Finish()
    {
        PopTo(0);
        Flush();
        writer.Finish();
    }

    private void VoidTag(string name)
    {
        if (_unread > 0)
        {
            return;
        }

        if (name == "br")
        {
            _inline.Append('\n');
        }
        else if (name == "hr")
        {
            Flush();
        }
    }

    private void Enter(HtmlTagToken tag)
    {
        switch (tag.Name)
        {
            case "pre" or "listing" or "xmp":
                _preformatted++;
                break;
            case "ul" or "ol" or "menu" or "dir":
                _lists.Add((tag.Name == "ol", Number(tag, "start", 1)));
                break;
            case "li" when _lists.Count > 0:
                (bool ordered, int number) = _lists[^1];
                _marker = ordered ? string.Create(CultureInfo.InvariantCulture, $"{number}. ") : "- ";
                _lists[^1] = (ordered, number + 1);
                break;
            case "table":
                writer.BeginTable();
                break;
            case "tr":
                writer.BeginRow(_open.Exists(element => element.Name == "thead"));
                break;
            case "td" or "th":
                writer.BeginCell(new TableCell
                {
                    IsHeader = tag.Name == "th",
                    ColumnSpan = Number(tag, "colspan", 1),
                    RowSpan = Math.Min(Number(tag, "rowspan", 1), 1000),
                });
                break;
        }
    }

    private static int Number(HtmlTagToken tag, string attribute, int fallback) =>
        int.TryParse(tag.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and < 100_000 ? value : fallback;

    private void CloseImplied(string name)
    {
        (string[] ends, string[] within) = HtmlTags.Implied(name);
        for (int i = Array.Exists(ends, end => _openCounts.GetValueOrDefault(end) > 0) ? _open.Count - 1 : -1; i >= 0; i--)
        {
            if (Array.IndexOf(ends, _open[i].Name) >= 0)
            {
                PopTo(i);
                return;
            }

            if (Array.IndexOf(within, _open[i].Name) >= 0)
            {
                return;
            }
        }

        // A paragraph ends where a block begins; one that is not the innermost element is not looked for, its text is flushed anyhow.
        if (ends.Length == 0 && _open.Count > 0 && _open[^1].Name == "p" && HtmlTags.IsBlock(name))
        {
            PopTo(_open.Count - 1);
        }
    }

    private void PopTo(int index)
    {
        for (int i = _open.Count - 1; i >= index; i--)
        {
            HtmlOpenElement element = _open[i];
            if (element.Unread)
            {
                _unread--;
            }
            else if (HtmlTags.IsBlock(element.Name))
            {
                Flush();
                Leave(element.Name);
            }

            _open.RemoveAt(i);
            CountOpen(element.Name, -1);
        }
    }

    private void Leave(string name)
    {
        switch (name)
        {
            case "pre" or "listing" or "xmp":
                _preformatted--;
                break;
            case "ul" or "ol" or "menu" or "dir" when _lists.Count > 0:
                _lists.RemoveAt(_lists.Count - 1);
                _marker = "";
                break;
            case "li":
                _marker = "";
                break;
            case "table":
                writer.EndTable();
                break;
            case "td" or "th":
                writer.EndCell();
                break;
        }
    }

    private void AppendInline(string data)
    {
        if ((long)_inline.Length + data.Length > options.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), options.MaxTextCharacters, (long)_inline.Length + data.Length, location);
        }

        if (_preformatted > 0)
        {
            _inline.Append(data);
            return;
        }

        foreach (char c in data)
        {
            if (c is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                if (_inline.Length > 0 && _inline[^1] is not (' ' or '\n'))
                {
                    _inline.Append(' ');
                }
            }
            else if (c != '\u00AD')
            {
                // A no-break space is a space to who searches; a soft hyphen is nothing.
                _inline.Append(c == '\u00A0' ? ' ' : c);
            }
        }
    }

    private void Flush()
    {
        if (_inline.Length == 0)
        {
            return;
        }

        string text = _inline.ToString();
        _inline.Clear();
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        (ElementKind kind, int level) = Kind();
        if (kind == ElementKind.ListItem)
        {
            // Only the first block of an item carries its marker.
            text = _marker + text.TrimStart();
            _marker = "";
        }
        else if (kind == ElementKind.Heading)
        {
            text = TextCleaner.OneLine(text);
        }

        writer.Add(kind, level, text);
    }

    private (ElementKind Kind, int Level) Kind()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            switch (_open[i].Name)
            {
                case "pre" or "listing" or "xmp":
                    return (ElementKind.Code, 0);
                case "li" when _lists.Count > 0:
                    return (ElementKind.ListItem, _lists.Count);
                case "dt" or "dd":
                    return (ElementKind.ListItem, Math.Max(1, _lists.Count));
                case "td" or "th" or "blockquote":
                    return (ElementKind.Paragraph, 0);
                case string name when HtmlTags.HeadingLevel(name) is > 0 and int level:
                    return (ElementKind.Heading, level);
            }
        }

        return (ElementKind.Paragraph, 0);
    }
}
