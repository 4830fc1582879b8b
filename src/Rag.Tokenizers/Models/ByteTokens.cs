using System.Globalization;

namespace Rag.Tokenizers.Models;

/// <summary>The tokens &lt;0x00&gt; to &lt;0xFF&gt; that spell bytes.</summary>
internal static class ByteTokens
{
    /// <summary>Their 256 ids, -1 where the vocabulary lacks one.</summary>
    public static int[] Ids(Vocabulary vocabulary) => [.. Enumerable.Range(0, 256).Select(b => vocabulary.Find(Spell((byte)b)))];

    /// <summary>The spelling of a byte.</summary>
    public static string Spell(byte b) => string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>");

    /// <summary>The byte that a token spells.</summary>
    public static bool TryParse(string token, out byte b)
    {
        b = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out b);
    }

    /// <summary>Adds the bytes of a text, all with one range; false, and nothing, where a byte has no token.</summary>
    public static bool TryAdd(ReadOnlySpan<char> text, int start, int end, int[] ids, TokenBuffer tokens)
    {
        int first = tokens.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            int count = rune.EncodeToUtf8(bytes);
            foreach (byte b in bytes[..count])
            {
                if (ids[b] < 0)
                {
                    tokens.Truncate(first);
                    return false;
                }

                tokens.Add(ids[b], start, end);
            }
        }

        return true;
    }

    /// <summary>The same with each character's bytes on that character's own range, which begins at <paramref name="start"/>.</summary>
    public static bool TryAddEach(ReadOnlySpan<char> text, int start, int[] ids, TokenBuffer tokens)
    {
        int first = tokens.Count;
        for (int at = 0; at < text.Length;)
        {
            System.Text.Rune.DecodeFromUtf16(text[at..], out _, out int width);
            if (!TryAdd(text.Slice(at, width), start + at, start + at + width, ids, tokens))
            {
                tokens.Truncate(first);
                return false;
            }

            at += width;
        }

        return true;
    }
}
