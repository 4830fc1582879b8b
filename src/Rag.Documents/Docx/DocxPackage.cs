using System.Text;
using System.Xml;

namespace Rag.Documents;

/// <summary>The parts of a Word document and how they are related (ECMA-376 part 2).</summary>
internal sealed class DocxPackage
{
    private const int MaxTitleLength = 1000;
    private readonly char[] _buffer = new char[4096];
    private readonly BoundedZip _zip;
    private readonly DocxReaderOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly List<(string Type, string Target)> _mainRelations;

    public DocxPackage(ReadOnlyMemory<byte> content, DocxReaderOptions options, string location, CancellationToken cancellationToken)
    {
        _options = options;
        _cancellationToken = cancellationToken;
        Location = location;
        _zip = new BoundedZip(content, location, options.MaxInflatedBytes, options.MaxEntries);
        string? main = Relations("_rels/.rels", "").Find(relation => relation.Type == "officeDocument").Target;
        MainPart = main is not null && _zip.Contains(main) ? main : "word/document.xml";
        if (!_zip.Contains(MainPart))
        {
            throw new CorruptException($"{location} is an archive without a Word document in it ({MainPart} is missing).", location);
        }

        if (MainPart.StartsWith("xl/", StringComparison.OrdinalIgnoreCase) || MainPart.StartsWith("ppt/", StringComparison.OrdinalIgnoreCase))
        {
            throw new UnsupportedException($"{location} is {(MainPart[0] is 'x' or 'X' ? "an Excel workbook" : "a PowerPoint presentation")}, which is not read yet.", location);
        }

        int slash = MainPart.LastIndexOf('/') + 1;
        _mainRelations = Relations($"{MainPart[..slash]}_rels/{MainPart[slash..]}.rels", MainPart[..slash]);
    }

    public string Location { get; }

    public string MainPart { get; }

    /// <summary>The parts that the main part names for a purpose, such as "styles", as far as they are there.</summary>
    public IEnumerable<string> Related(string type) => _mainRelations.Where(relation => relation.Type == type && _zip.Contains(relation.Target)).Select(relation => relation.Target).Distinct();

    /// <summary>Reads all nodes of a part, and the part to its end.</summary>
    public void Read(string part, Action<XmlReader> node)
    {
        using var stream = (BoundedZipStream)_zip.Open(part);
        using (XmlReader reader = SafeXml.Create(stream, _options.MaxInflatedBytes))
        {
            for (int count = 0; SafeXml.Read(reader, _options.MaxElementDepth, Location, part); count++)
            {
                if ((count & 0x3FF) == 0)
                {
                    _cancellationToken.ThrowIfCancellationRequested();
                }

                node(reader);
            }
        }

        stream.Drain();
    }

    /// <summary>Gives the text of the current node of a part.</summary>
    public void ReadText(XmlReader reader, string part, Action<ReadOnlySpan<char>> piece) => SafeXml.ReadText(reader, _buffer, Location, part, piece);

    /// <summary>The title in the document's properties, or null.</summary>
    public string? ReadTitle()
    {
        if (!_zip.Contains("docProps/core.xml"))
        {
            return null;
        }

        var title = new StringBuilder();
        bool inside = false;
        Read("docProps/core.xml", reader =>
        {
            inside = reader.NodeType switch
            {
                XmlNodeType.Element => reader.LocalName == "title" && !reader.IsEmptyElement,
                XmlNodeType.EndElement => false,
                _ => inside,
            };
            if (inside && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                ReadText(reader, "docProps/core.xml", piece => title.Append(piece[..Math.Min(piece.Length, MaxTitleLength - title.Length)]));
            }
        });
        return string.IsNullOrWhiteSpace(title.ToString()) ? null : title.ToString();
    }

    private List<(string Type, string Target)> Relations(string part, string folder)
    {
        var relations = new List<(string Type, string Target)>();
        if (!_zip.Contains(part))
        {
            return relations;
        }

        Read(part, reader =>
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Relationship"
                && reader.GetAttribute("Type") is { } type && reader.GetAttribute("Target") is { } target && reader.GetAttribute("TargetMode") != "External")
            {
                relations.Add((type[(type.LastIndexOf('/') + 1)..], target.StartsWith('/') ? target[1..] : folder + target));
            }
        });
        return relations;
    }
}
