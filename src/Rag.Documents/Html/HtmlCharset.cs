using System.Buffers;
using System.Text;

namespace Rag.Documents;

/// <summary>Finds the encoding that a page declares near its start, in a meta tag or an XML declaration.</summary>
internal static class HtmlCharset
{
    private const int SearchLength = 4096;
    private static readonly SearchValues<char> LabelEnds = SearchValues.Create(" \t\r\n\"';>/?");

    public static Encoding? Declared(ReadOnlySpan<byte> content)
    {
        string head = Encoding.Latin1.GetString(content[..Math.Min(SearchLength, content.Length)]);
        return After(head, "charset") ?? (head.StartsWith("<?xml", StringComparison.Ordinal) ? After(head, "encoding") : null);
    }

    private static Encoding? After(string head, string name)
    {
        int at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        int equals = at < 0 ? -1 : at + name.Length;
        while (equals >= 0 && equals < head.Length && char.IsWhiteSpace(head[equals]))
        {
            equals++;
        }

        if (equals < 0 || equals >= head.Length || head[equals] != '=')
        {
            return null;
        }

        ReadOnlySpan<char> value = head.AsSpan(equals + 1).TrimStart(" \t\"'");
        int end = value.IndexOfAny(LabelEnds);
        return end is > 0 and < 64 ? KnownEncodings.FromLabel(value[..end].ToString()) : null;
    }
}
