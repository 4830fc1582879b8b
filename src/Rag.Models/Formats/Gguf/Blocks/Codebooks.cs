using System.Text;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>The codebooks of the IQ formats, from Codebooks.txt, which says where they come from and how they are written.</summary>
internal static class Codebooks
{
    private static readonly sbyte[] Ternary = [8, 25, 43];
    private static readonly Dictionary<string, byte[]> Sets = Read();

    public static readonly Codebook Iq1 = new(Sets["iq1"], 8, [-1, 0, 1]);
    public static readonly Codebook Iq2Xxs = new(Sets["iq2_xxs"], 8, Ternary);
    public static readonly Codebook Iq2Xs = new(Sets["iq2_xs"], 8, Ternary);
    public static readonly Codebook Iq2S = new(Sets["iq2_s"], 8, Ternary);
    public static readonly Codebook Iq3Xxs = new(Sets["iq3_xxs"], 4, [4, 12, 20, 28, 36, 44, 52, 62]);
    public static readonly Codebook Iq3S = new(Sets["iq3_s"], 4, [1, 3, 5, 7, 9, 11, 13, 15]);

    private static Dictionary<string, byte[]> Read()
    {
        Dictionary<string, StringBuilder> texts = new(StringComparer.Ordinal);
        using Stream stream = typeof(Codebooks).Assembly.GetManifestResourceStream("Rag.Models.Codebooks.txt")!;
        using StreamReader reader = new(stream);
        StringBuilder current = new();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
            {
                texts.Add(line[1..^1], current = new StringBuilder());
            }
            else if (!line.StartsWith('#'))
            {
                current.Append(line);
            }
        }

        return texts.ToDictionary(text => text.Key, text => Convert.FromBase64String(text.Value.ToString()), StringComparer.Ordinal);
    }
}
