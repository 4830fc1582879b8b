using System.Globalization;
using System.Xml;

namespace Rag.Documents;

/// <summary>The lists of a document: which marker stands before an item. Numbers are kept for each list and level while reading.</summary>
internal sealed class DocxNumbering
{
    private readonly Dictionary<(int Abstract, int Level), (string Format, int Start)> _levels = [];
    private readonly Dictionary<int, int> _abstracts = [];
    private readonly Dictionary<(int Id, int Level), int> _next = [];

    public static DocxNumbering Read(DocxPackage package)
    {
        var numbering = new DocxNumbering();
        foreach (string part in package.Related("numbering"))
        {
            int @abstract = -1, level = 0, number = -1;
            package.Read(part, reader =>
            {
                if (reader.NodeType != XmlNodeType.Element || !DocxXml.IsWord(reader))
                {
                    return;
                }

                switch (reader.LocalName)
                {
                    case "abstractNum":
                        (@abstract, number) = (DocxXml.Number(reader, "abstractNumId") ?? -1, -1);
                        break;
                    case "num":
                        (@abstract, number) = (-1, DocxXml.Number(reader, "numId") ?? -1);
                        break;
                    case "lvl":
                        level = DocxXml.Number(reader, "ilvl") ?? 0;
                        break;
                    case "abstractNumId" when number >= 0:
                        numbering._abstracts.TryAdd(number, DocxXml.Number(reader, "val") ?? -1);
                        break;
                    case "numFmt" when @abstract >= 0:
                        numbering._levels[(@abstract, level)] = (DocxXml.Attribute(reader, "val") ?? "", numbering._levels.GetValueOrDefault((@abstract, level)).Start);
                        break;
                    case "start" when @abstract >= 0:
                        numbering._levels[(@abstract, level)] = (numbering._levels.GetValueOrDefault((@abstract, level)).Format ?? "", DocxXml.Number(reader, "val") ?? 1);
                        break;
                }
            });
        }

        return numbering;
    }

    /// <summary>The marker of the next item of a list: "- ", or its number.</summary>
    public string Marker(int id, int level)
    {
        if (!_abstracts.TryGetValue(id, out int @abstract) || !_levels.TryGetValue((@abstract, level), out (string Format, int Start) format)
            || format.Format is "bullet" or "none" or "" or null)
        {
            return "- ";
        }

        int number = _next.TryGetValue((@abstract, level), out int next) ? next : format.Start;
        _next[(@abstract, level)] = number + 1;
        for (int deeper = level + 1; deeper <= 8; deeper++)
        {
            _next.Remove((@abstract, deeper));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Written(number, format.Format)}. ");
    }

    private static string Written(int number, string format) => format switch
    {
        "lowerLetter" when number is >= 1 and <= 26 => ((char)('a' + number - 1)).ToString(),
        "upperLetter" when number is >= 1 and <= 26 => ((char)('A' + number - 1)).ToString(),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}
