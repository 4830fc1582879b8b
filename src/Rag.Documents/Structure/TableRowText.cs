using System.Globalization;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// How a row of a table or a record reads in a document's text. Where the columns have names each value follows its own
/// ("Name: Widget; Price: 9.50"), so that a row found alone can be understood; where they have none the values are parted by
/// " | ". Empty values are left out of named rows.
/// </summary>
internal static class TableRowText
{
    private const int MaxLabelLength = 120;

    public static string Named(IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        var row = new StringBuilder();
        for (int i = 0; i < values.Count; i++)
        {
            string value = TextCleaner.OneLine(values[i]);
            if (value.Length > 0)
            {
                AppendPair(row, i < names.Count && names[i].Length > 0 ? names[i] : Unnamed(i), value);
            }
        }

        return row.ToString();
    }

    public static string Unnamed(IReadOnlyList<string> values)
    {
        var parts = values.Select(value => TextCleaner.OneLine(value)).ToList();
        return parts.TrueForAll(part => part.Length == 0) ? "" : string.Join(" | ", parts);
    }

    public static void AppendPair(StringBuilder row, string name, string value)
    {
        row.Append(row.Length == 0 ? "" : "; ").Append(Label(name)).Append(": ").Append(value);
    }

    /// <summary>A name short enough to stand before every value of its column.</summary>
    public static string Label(string name)
    {
        string label = TextCleaner.OneLine(name).TrimEnd(':', ' ');
        if (label.Length <= MaxLabelLength)
        {
            return label;
        }

        int cut = char.IsHighSurrogate(label[MaxLabelLength - 1]) ? MaxLabelLength - 1 : MaxLabelLength;
        return string.Concat(label.AsSpan(0, cut), "…");
    }

    /// <summary>
    /// Whether a first row reads as names of columns: at least two, all given, all different, none a number, a date or a sentence.
    /// </summary>
    public static bool LooksLikeHeader(IReadOnlyList<string> row)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string cell in row)
        {
            string name = cell.Trim();
            if (name.Length is 0 or > MaxLabelLength || !seen.Add(name) || IsNumberLike(name))
            {
                return false;
            }
        }

        return row.Count > 0;
    }

    private static bool IsNumberLike(string value) =>
        double.TryParse(value, NumberStyles.Any, CultureInfo.InvariantCulture, out _)
        || (char.IsDigit(value[0]) && value.All(c => char.IsDigit(c) || c is '.' or ',' or '-' or '/' or ':' or ' ' or 'T' or 'Z' or '%'));

    private static string Unnamed(int column) => string.Create(CultureInfo.InvariantCulture, $"column {column + 1}");
}
