using System.Globalization;
using System.Text;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>
/// Characters as they stand within a string of JSON: themselves, and escaped where RFC 8259 asks for it, in one way only, so
/// that two strings are equal exactly where their texts are.
/// </summary>
internal sealed class JsonStringEncoding(ByteLanguages languages) : CharacterEncoding(languages)
{
    private const string Escaped = "\"\"\\\\\bb\ff\nn\rr\tt";
    private static readonly CodePointSet Raw = CodePointSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Complement();

    /// <summary>A string with its quotes.</summary>
    /// <exception cref="UnsupportedException">It has half a surrogate pair.</exception>
    public static byte[] Encode(string text)
    {
        StringBuilder written = new("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD', StringComparison.Ordinal))
            {
                throw new UnsupportedException("A string of the JSON schema has half a surrogate pair, which no text can spell.");
            }

            written.Append(rune.Value < 0x80 && !Raw.Contains(rune.Value) ? Escape((char)rune.Value) : rune.ToString());
        }

        return Encoding.UTF8.GetBytes(written.Append('"').ToString());
    }

    protected override List<(byte First, byte Last, ByteLanguage Then)> Entries(CodePointSet set)
    {
        List<(byte First, byte Last, ByteLanguage Then)> entries = base.Entries(set.Intersect(Raw));
        List<byte[]> escapes = [.. Enumerable.Range(0, 0x80).Where(value => set.Contains(value) && !Raw.Contains(value)).Select(value => Encoding.UTF8.GetBytes(Escape((char)value)[1..]))];
        if (escapes.Count > 0)
        {
            int at = entries.FindIndex(entry => entry.First > '\\');
            entries.Insert(at < 0 ? entries.Count : at, ((byte)'\\', (byte)'\\', ChoiceTree.Build(escapes, Languages)));
        }

        return entries;
    }

    private static string Escape(char c)
    {
        int at = Escaped.IndexOf(c, StringComparison.Ordinal);
        return at >= 0 && at % 2 == 0 ? "\\" + Escaped[at + 1] : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
    }
}
