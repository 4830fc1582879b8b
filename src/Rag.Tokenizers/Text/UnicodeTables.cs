using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.Text;

/// <summary>
/// Normalization data and old category tables. The base library normalizes nothing in globalization-invariant mode and its
/// tables move with each release, while a vocabulary stays with the version it was made with; so the facts are kept here.
/// Source and versions stand in UnicodeTables.txt.
/// </summary>
internal static class UnicodeTables
{
    private const byte MarkBit = 1;
    private const byte NonspacingBit = 2;
    private const byte FormatBit = 4;
    private const byte PunctuationBit = 8;

    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly byte[] Bits = new byte[0x110000];

    static UnicodeTables()
    {
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("Rag.Tokenizers.UnicodeTables.txt")!;
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        var single = new Dictionary<int, (int[] Mapping, bool Compatible)>();
        string section = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            if (line.StartsWith('['))
            {
                section = line[1..line.IndexOf(']', StringComparison.Ordinal)];
                continue;
            }

            foreach (string item in line.Split(' '))
            {
                Read(section, item, single);
            }
        }

        foreach ((int codePoint, (_, bool compatible)) in single)
        {
            if (!compatible)
            {
                Canonical[codePoint] = Expand(codePoint, single, false);
            }

            Compatible[codePoint] = Expand(codePoint, single, true);
        }
    }

    /// <summary>Canonical combining class.</summary>
    public static byte CombiningClass(int codePoint) => codePoint < 0x300 ? (byte)0 : Classes.GetValueOrDefault(codePoint);

    /// <summary>Full decomposition, or null where the code point stands for itself. Hangul is arithmetic and not in here.</summary>
    public static int[]? Decompose(int codePoint, bool compatible) =>
        codePoint < 0xA0 ? null : (compatible ? Compatible : Canonical).GetValueOrDefault(codePoint);

    /// <summary>The primary composite of two code points, or -1; Hangul included (Unicode Standard, section 3.12).</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
        {
            return 0xAC00 + (((first - 0x1100) * 21) + (second - 0x1161)) * 28;
        }

        if (first is >= 0xAC00 and < 0xD7A4 && second is > 0x11A7 and < 0x11C3 && (first - 0xAC00) % 28 == 0)
        {
            return first + (second - 0x11A7);
        }

        return Compositions.GetValueOrDefault((first, second), -1);
    }

    /// <summary>General category M.</summary>
    public static bool IsMark(int codePoint) => (Bits[codePoint] & MarkBit) != 0;

    /// <summary>General category Mn.</summary>
    public static bool IsNonspacingMark(int codePoint) => (Bits[codePoint] & NonspacingBit) != 0;

    /// <summary>General category Cc, Cf or Co.</summary>
    public static bool IsOther(int codePoint) =>
        codePoint < 0x20 || codePoint is (>= 0x7F and < 0xA0) or (>= 0xE000 and <= 0xF8FF) or (>= 0xF0000 and <= 0xFFFFD) or (>= 0x100000 and <= 0x10FFFD)
        || (Bits[codePoint] & FormatBit) != 0;

    /// <summary>General category P, or any ASCII character that is neither letter, digit, space nor control.</summary>
    public static bool IsPunctuation(int codePoint) =>
        codePoint < 0x80
            ? codePoint is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
            : (Bits[codePoint] & PunctuationBit) != 0;

    private static void Read(string section, string item, Dictionary<int, (int[], bool)> single)
    {
        switch (section)
        {
            case "composing" or "decomposing" or "compatibility":
                string[] sides = item.Split('=');
                int[] mapping = [.. sides[1].Split('+').Select(Hex)];
                single[Hex(sides[0])] = (mapping, section == "compatibility");
                if (section == "composing")
                {
                    Compositions[(mapping[0], mapping[1])] = Hex(sides[0]);
                }

                break;
            case "class":
                string[] parts = item.Split('=');
                ForRange(parts[0], codePoint => Classes[codePoint] = byte.Parse(parts[1], CultureInfo.InvariantCulture));
                break;
            default:
                byte bit = section switch { "mark" => MarkBit, "nonspacing" => NonspacingBit, "format" => FormatBit, _ => PunctuationBit };
                ForRange(item, codePoint => Bits[codePoint] |= bit);
                break;
        }
    }

    private static void ForRange(string range, Action<int> action)
    {
        string[] ends = range.Split('-');
        int last = Hex(ends[^1]);
        for (int codePoint = Hex(ends[0]); codePoint <= last; codePoint++)
        {
            action(codePoint);
        }
    }

    private static int[] Expand(int codePoint, Dictionary<int, (int[] Mapping, bool Compatible)> single, bool compatible) =>
        single.TryGetValue(codePoint, out (int[] Mapping, bool Compatible) entry) && (compatible || !entry.Compatible)
            ? [.. entry.Mapping.SelectMany(part => Expand(part, single, compatible))]
            : [codePoint];

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
