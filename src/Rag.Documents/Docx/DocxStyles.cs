using System.Globalization;
using System.Xml;

namespace Rag.Documents;

/// <summary>
/// The paragraph styles of a document. A style is a heading by its outline level, by Word's own name for it ("heading 1", which stays
/// English whatever the language of Word), or by the name that other programs give it in the languages they speak.
/// </summary>
internal sealed class DocxStyles
{
    private const int MaxAncestors = 16;

    private static readonly string[] HeadingNames =
        ["heading", "überschrift", "titre", "título", "titolo", "kop", "rubrik", "overskrift", "otsikko", "nagłówek", "заголовок", "επικεφαλίδα", "başlık", "nadpis", "címsor", "제목", "見出し", "标题", "標題"];

    private readonly Dictionary<string, DocxStyle> _styles = new(StringComparer.Ordinal);

    public static DocxStyles Read(DocxPackage package)
    {
        var styles = new DocxStyles();
        foreach (string part in package.Related("styles"))
        {
            DocxStyle? current = null;
            package.Read(part, reader => current = styles.Node(reader, current));
        }

        return styles;
    }

    /// <summary>The rank of the headings written in this style, or 0; 1 to 9.</summary>
    public int HeadingLevel(string? id)
    {
        foreach (DocxStyle style in Lineage(id))
        {
            if (style.OutlineLevel is >= 0 and <= 8)
            {
                return style.OutlineLevel.Value + 1;
            }

            if (NamedLevel(style.Name) is > 0 and int level)
            {
                return level;
            }

            if (style.OutlineLevel is not null)
            {
                return 0;
            }
        }

        return 0;
    }

    /// <summary>Whether the style is the one of the document's own title.</summary>
    public bool IsTitle(string? id) => Lineage(id).Any(style => style.Name.Equals("title", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the style is for program text.</summary>
    public bool IsCode(string? id) => Lineage(id).Any(style =>
        style.Name.Contains("code", StringComparison.OrdinalIgnoreCase) || style.Name.Contains("preformatted", StringComparison.OrdinalIgnoreCase));

    /// <summary>The list that the style belongs to, or null.</summary>
    public (int Id, int Level)? Numbering(string? id)
    {
        foreach (DocxStyle style in Lineage(id))
        {
            if (style.NumberingId is { } number)
            {
                return (number, style.NumberingLevel);
            }
        }

        return null;
    }

    private static int NamedLevel(string name)
    {
        foreach (string heading in HeadingNames)
        {
            if (name.StartsWith(heading, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name.AsSpan(heading.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int level) && level is >= 1 and <= 9)
            {
                return level;
            }
        }

        return 0;
    }

    private IEnumerable<DocxStyle> Lineage(string? id)
    {
        for (int i = 0; i < MaxAncestors && id is not null && _styles.TryGetValue(id, out DocxStyle? style); i++)
        {
            yield return style;
            id = style.BasedOn;
        }
    }

    private DocxStyle? Node(XmlReader reader, DocxStyle? current)
    {
        if (reader.NodeType != XmlNodeType.Element || !DocxXml.IsWord(reader))
        {
            return current;
        }

        switch (reader.LocalName)
        {
            case "style":
                current = new DocxStyle();
                if (DocxXml.Attribute(reader, "styleId") is { } id && DocxXml.Attribute(reader, "type") is null or "paragraph")
                {
                    _styles.TryAdd(DocxXml.Attribute(reader, "styleId") ?? "", current);
                }

                break;
            case "name" when current is not null:
                current.Name = DocxXml.Attribute(reader, "val") ?? "";
                break;
            case "basedOn" when current is not null:
                current.BasedOn = DocxXml.Attribute(reader, "val");
                break;
            case "outlineLvl" when current is not null:
                current.OutlineLevel = DocxXml.Number(reader, "val");
                break;
            case "numId" when current is not null:
                current.NumberingId = DocxXml.Number(reader, "val");
                break;
            case "ilvl" when current is not null:
                current.NumberingLevel = Math.Clamp(DocxXml.Number(reader, "val") ?? 0, 0, 8);
                break;
        }

        return current;
    }
}
