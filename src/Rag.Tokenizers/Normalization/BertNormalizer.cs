using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// BERT's basic cleaning (google-research/bert, tokenization.py): control characters out, white space to a plain space,
/// spaces around CJK ideographs, accents off, lower case. All-ASCII text takes one pass.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseCharacters, bool stripAccents, bool lowercase) : INormalizer
{
    private static readonly FilterNormalizer DropNonspacingMarks = new(c => c >= 0x300 && UnicodeTables.IsNonspacingMark(c) ? -1 : c);

    public void Normalize(AlignedText text)
    {
        bool ascii = Ascii.IsValid(text.Span);
        if (cleanText)
        {
            Clean(text);
        }

        if (handleChineseCharacters && !ascii)
        {
            SpaceIdeographs(text);
        }

        if (stripAccents && !ascii)
        {
            UnicodeNormalizer.Decomposition.Normalize(text);
            DropNonspacingMarks.Normalize(text);
        }

        if (lowercase)
        {
            LowercaseNormalizer.Lowercase(text);
        }
    }

    private static void Clean(AlignedText text)
    {
        for (int i = 0; i < text.Length;)
        {
            char c = text.Span[i];
            if (c is >= ' ' and < '\x7F')
            {
                text.Emit(c, i++);
                continue;
            }

            Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int consumed);
            if (c is '\t' or '\n' or '\r')
            {
                text.Emit(' ', i);
            }
            else if (rune.Value is not (0 or 0xFFFD) && !UnicodeTables.IsOther(rune.Value))
            {
                if (Rune.IsWhiteSpace(rune))
                {
                    text.Emit(' ', i);
                }
                else
                {
                    text.Copy(i, i + consumed);
                }
            }

            i += consumed;
        }

        text.Commit();
    }

    private static void SpaceIdeographs(AlignedText text)
    {
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int consumed);
            bool ideograph = IsIdeograph(rune.Value);
            if (ideograph)
            {
                text.Emit(' ', i);
            }

            text.Copy(i, i + consumed);
            if (ideograph)
            {
                text.Emit(' ', i);
            }

            i += consumed;
        }

        text.Commit();
    }

    // The gap 2B820..2B91F is the reference implementation's, and so is trained into vocabularies.
    private static bool IsIdeograph(int c) => c >= 0x3400 && c is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
