using System.Security.Cryptography;
using System.Text;

namespace Rag.Prompting;

/// <summary>
/// The lines around a source. The key is a hash of what stands inside, so that equal sources make equal prompts whose processed
/// tokens can be used again; and it cannot be forged, since every occurrence of any key of the prompt is taken out of every source.
/// </summary>
internal static class SourceFence
{
    private const int KeyLength = 8;

    /// <summary>The key of a source: the first digits of SHA-256 over its text.</summary>
    public static string KeyOf(PromptSource source) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source.Text)))[..KeyLength];

    /// <summary>The source between its lines. All that comes from the document, its name and headings too, stands inside.</summary>
    public static string Render(PromptSource source, string key, IReadOnlyCollection<string> keys)
    {
        StringBuilder origin = new(OneLine(source.Retrieved.Chunk.DocumentId));
        if (source.Retrieved.Chunk.Page is { } page)
        {
            origin.Append(System.Globalization.CultureInfo.InvariantCulture, $", page {page}");
        }

        if (source.Retrieved.Chunk.HeadingPath.Count > 0)
        {
            origin.Append(": ").Append(OneLine(source.Retrieved.Chunk.Heading));
        }

        string inside = UntrustedText.Neutralize($"({origin})\n{source.Text}", keys);
        return $"[{source.Number}] <<<{key}\n{inside}\n{key}>>>";
    }

    private static string OneLine(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= 300 ? line : line[..Chunking.Graphemes.Floor(line, 0, 300)] + "…";
    }
}
