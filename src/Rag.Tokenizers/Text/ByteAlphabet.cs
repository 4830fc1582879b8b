using System.Text;

namespace Rag.Tokenizers.Text;

/// <summary>
/// The 256 printable characters that byte-level vocabularies write for bytes: printable Latin-1 stands for itself, the rest
/// for U+0100 onwards in byte order (GPT-2, encoder.py, bytes_to_unicode).
/// </summary>
internal static class ByteAlphabet
{
    public static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert();

    /// <summary>The byte that a character stands for, or -1.</summary>
    public static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    /// <summary>Emits the UTF-8 bytes of a range of the text as characters of the alphabet, each aligned with its character.</summary>
    public static void Emit(AlignedText text, int start, int end)
    {
        Span<byte> utf8 = stackalloc byte[4];
        Span<char> mapped = stackalloc char[4];
        for (int i = start; i < end;)
        {
            ReadOnlySpan<char> span = text.Span;
            char c = span[i];
            if (c < 0x80)
            {
                text.Emit(Characters[c], i);
                i++;
                continue;
            }

            // A lone surrogate has no UTF-8 form; like every UTF-8 encoder this writes U+FFFD for it.
            Rune.DecodeFromUtf16(span[i..end], out Rune rune, out int consumed);
            int count = rune.EncodeToUtf8(utf8);
            for (int b = 0; b < count; b++)
            {
                mapped[b] = Characters[utf8[b]];
            }

            text.Emit(mapped[..count], i);
            i += consumed;
        }
    }

    private static char[] Build()
    {
        var characters = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[b] = (char)(printable ? b : next++);
        }

        return characters;
    }

    private static short[] Invert()
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
        {
            bytes[Characters[b]] = (short)b;
        }

        return bytes;
    }
}
