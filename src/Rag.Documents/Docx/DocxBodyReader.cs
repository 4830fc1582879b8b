using System.Xml;

namespace Rag.Documents;

/// <summary>Reads the body of a document, or its notes, node by node; what is open is kept on short stacks, never a tree.</summary>
internal sealed class DocxBodyReader(DocxPackage package, DocxStyles styles, DocxNumbering numbering, StructureWriter writer, DocxReaderOptions options)
{
    private readonly Stack<DocxParagraph> _paragraphs = new();
    private readonly Stack<bool> _choices = new();
    private string _part = "";
    private int _skipDepth = -1;
    private bool _inText, _inRunProperties, _hiddenRun;
    private bool _headerRow, _continuesAbove, _rowBegun = true;
    private int _columnSpan = 1;
    private bool _cellOpened = true;

    /// <summary>The text of the first paragraph in the style named Title, or null.</summary>
    public string? Title { get; private set; }

    public void Read(string part)
    {
        (_part, _skipDepth) = (part, -1);
        package.Read(part, Node);
        writer.Finish();
    }

    private void Node(XmlReader reader)
    {
        if (_skipDepth >= 0)
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == _skipDepth)
            {
                _skipDepth = -1;
            }

            return;
        }

        switch (reader.NodeType)
        {
            case XmlNodeType.Element when DocxXml.IsWord(reader):
                bool empty = reader.IsEmptyElement;
                Start(reader);
                if (empty)
                {
                    End(reader.LocalName);
                }

                break;
            case XmlNodeType.EndElement when DocxXml.IsWord(reader):
                End(reader.LocalName);
                break;
            case XmlNodeType.Element when DocxXml.IsCompatibility(reader):
                Compatibility(reader);
                break;
            case XmlNodeType.EndElement when DocxXml.IsCompatibility(reader) && reader.LocalName == "AlternateContent":
                _choices.TryPop(out _);
                break;
            case XmlNodeType.Element or XmlNodeType.EndElement when DocxXml.IsMath(reader) && reader.LocalName == "t":
                _inText = reader.NodeType == XmlNodeType.Element && !reader.IsEmptyElement;
                break;
            case XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA when _inText && !_hiddenRun:
                package.ReadText(reader, _part, Append);
                break;
        }
    }

    /// <summary>Of several forms of one content the first is read: a text box stands in the newer one and again in the fallback.</summary>
    private void Compatibility(XmlReader reader)
    {
        switch (reader.LocalName)
        {
            case "AlternateContent" when !reader.IsEmptyElement:
                _choices.Push(false);
                break;
            case "Choice" or "Fallback":
                bool taken = _choices.TryPop(out bool before) && before;
                _choices.Push(true);
                if (taken)
                {
                    Skip(reader);
                }

                break;
        }
    }

    private void Skip(XmlReader reader)
    {
        if (!reader.IsEmptyElement)
        {
            _skipDepth = reader.Depth;
        }
    }

    private void Start(XmlReader reader)
    {
        DocxParagraph? paragraph = _paragraphs.TryPeek(out DocxParagraph? open) ? open : null;
        switch (reader.LocalName)
        {
            // Tracked deletions and what was moved away; the notes that only draw the line above the notes; old properties.
            case "del" or "moveFrom" or "instrText" or "delText" or "pPrChange" or "rPrChange" or "tblPrChange" or "tcPrChange" or "trPrChange" or "sectPrChange":
            case "footnote" or "endnote" when DocxXml.Attribute(reader, "type") is not (null or "normal"):
                Skip(reader);
                break;
            case "p":
                OpenCell();
                _paragraphs.Push(new DocxParagraph());
                break;
            case "pStyle" when paragraph is not null:
                paragraph.StyleId = DocxXml.Attribute(reader, "val");
                break;
            case "outlineLvl" when paragraph is not null:
                paragraph.OutlineLevel = DocxXml.Number(reader, "val");
                break;
            case "numId" when paragraph is not null:
                paragraph.NumberingId = DocxXml.Number(reader, "val");
                break;
            case "ilvl" when paragraph is not null:
                paragraph.NumberingLevel = DocxXml.Number(reader, "val");
                break;
            case "r":
                _hiddenRun = false;
                break;
            case "rPr":
                _inRunProperties = true;
                break;
            case "vanish" when _inRunProperties && _hiddenRun is false:
                _hiddenRun = DocxXml.IsOn(reader);
                break;
            case "t":
                _inText = true;
                break;
            case "tab" when paragraph is not null && !_inRunProperties && reader.AttributeCount == 0:
                Append("\t");
                break;
            case "br" or "cr":
                Append("\n");
                break;
            case "noBreakHyphen":
                Append("-");
                break;
            case "tbl":
                OpenCell();
                writer.BeginTable();
                break;
            case "tr":
                _headerRow = false;
                _rowBegun = false;
                break;
            case "tblHeader":
                _headerRow = DocxXml.IsOn(reader);
                break;
            case "tc":
                (_columnSpan, _continuesAbove, _cellOpened) = (1, false, false);
                break;
            case "gridSpan":
                _columnSpan = Math.Clamp(DocxXml.Number(reader, "val") ?? 1, 1, 1000);
                break;
            case "vMerge":
                _continuesAbove = DocxXml.Attribute(reader, "val") != "restart";
                break;
        }
    }

    /// <summary>A cell begins with its first content, when its properties are known.</summary>
    private void OpenCell()
    {
        if (_cellOpened)
        {
            return;
        }

        _cellOpened = true;
        if (!_rowBegun)
        {
            writer.BeginRow(_headerRow);
            _rowBegun = true;
        }

        writer.BeginCell(new TableCell { ColumnSpan = _columnSpan, ContinuesAbove = _continuesAbove });
    }

    private void End(string name)
    {
        switch (name)
        {
            case "t":
                _inText = false;
                break;
            case "rPr":
                _inRunProperties = false;
                break;
            case "r":
                _hiddenRun = false;
                break;
            case "tc":
                OpenCell();
                writer.EndCell();
                break;
            case "tbl":
                writer.EndTable();
                _cellOpened = true;
                break;
            case "p" when _paragraphs.TryPop(out DocxParagraph? paragraph):
                if (_paragraphs.TryPeek(out DocxParagraph? outer))
                {
                    // A paragraph of a text box: it follows the one that the box hangs on.
                    outer.Boxed.Add(paragraph);
                    outer.Boxed.AddRange(paragraph.Boxed);
                    paragraph.Boxed.Clear();
                }
                else
                {
                    Write(paragraph);
                    paragraph.Boxed.ForEach(Write);
                }

                break;
        }
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (!_hiddenRun && _paragraphs.TryPeek(out DocxParagraph? paragraph))
        {
            if ((long)paragraph.Text.Length + text.Length > options.MaxTextCharacters)
            {
                throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), options.MaxTextCharacters, (long)paragraph.Text.Length + text.Length, package.Location);
            }

            paragraph.Text.Append(text);
        }
    }

    private void Write(DocxParagraph paragraph)
    {
        string text = paragraph.Text.ToString();
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        int level = paragraph.OutlineLevel is >= 0 and <= 8 ? paragraph.OutlineLevel.Value + 1
            : paragraph.OutlineLevel is null ? styles.HeadingLevel(paragraph.StyleId) : 0;
        if (styles.IsTitle(paragraph.StyleId))
        {
            Title ??= text;
            level = 1;
        }

        (int Id, int Level)? list = paragraph.NumberingId is { } id ? (id, 0) : styles.Numbering(paragraph.StyleId);
        int depth = Math.Clamp(paragraph.NumberingLevel ?? list?.Level ?? 0, 0, 8);
        if (level > 0)
        {
            writer.Add(ElementKind.Heading, level, TextCleaner.OneLine(text));
        }
        else if (styles.IsCode(paragraph.StyleId))
        {
            writer.Add(ElementKind.Code, 0, text);
        }
        else if (list is { Id: > 0 } item)
        {
            writer.Add(ElementKind.ListItem, depth + 1, numbering.Marker(item.Id, depth) + text.Trim());
        }
        else
        {
            writer.Add(ElementKind.Paragraph, 0, text);
        }
    }
}
