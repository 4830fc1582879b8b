using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Drops or replaces single characters by a rule: a code point to another, itself, or -1 to drop it.</summary>
internal sealed class FilterNormalizer(Func<int, int> rule) : INormalizer
{
    /// <summary>StripAccents: drops marks; does nothing for composed characters unless NFD or NFKD came before.</summary>
    public static readonly FilterNormalizer StripAccents = new(c => c >= 0x300 && UnicodeTables.IsMark(c) ? -1 : c);

    /// <summary>Nmt: the white space and control characters of SentencePiece's nmt rules.</summary>
    public static readonly FilterNormalizer Nmt = new(c => c switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => -1,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => c,
    });

    public void Normalize(AlignedText text)
    {
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int consumed);
            int mapped = rule(rune.Value);
            if (mapped == rune.Value)
            {
                text.Copy(i, i + consumed);
            }
            else if (mapped >= 0)
            {
                text.Emit((char)mapped, i);
            }

            i += consumed;
        }

        text.Commit();
    }
}
