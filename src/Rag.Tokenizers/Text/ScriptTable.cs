using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.Text;

/// <summary>The Script property of code points (Unicode Standard Annex 24). Source and version stand in ScriptTable.txt.</summary>
internal static class ScriptTable
{
    /// <summary>The script of a code point that has none.</summary>
    public const byte Unassigned = 0;

    private static readonly List<string> Names = [""];
    private static readonly (int First, int Last, byte Script)[] Ranges = Read();

    /// <summary>The number of a script by its name in the Unicode Standard without underscores.</summary>
    public static byte Of(string name) => checked((byte)Names.IndexOf(name));

    /// <summary>The number of a code point's script, or <see cref="Unassigned"/>.</summary>
    public static byte Of(int codePoint)
    {
        int low = 0;
        int high = Ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (codePoint < Ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (codePoint > Ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return Ranges[middle].Script;
            }
        }

        return Unassigned;
    }

    private static (int First, int Last, byte Script)[] Read()
    {
        using Stream stream = typeof(ScriptTable).Assembly.GetManifestResourceStream("Rag.Tokenizers.ScriptTable.txt")!;
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        List<(int First, int Last, byte Script)> ranges = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
            {
                Names.Add(line[1..^1]);
            }
            else if (!line.StartsWith('#'))
            {
                foreach (string[] ends in line.Split(' ').Select(item => item.Split('-')))
                {
                    ranges.Add((Hex(ends[0]), Hex(ends[^1]), (byte)(Names.Count - 1)));
                }
            }
        }

        return [.. ranges.OrderBy(range => range.First)];
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
