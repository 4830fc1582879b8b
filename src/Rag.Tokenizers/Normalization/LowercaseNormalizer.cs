using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Lower case, character by character: final sigma is not special, and İ becomes i with a dot above (SpecialCasing.txt).</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public void Normalize(AlignedText text) => Lowercase(text);

    public static void Lowercase(AlignedText text)
    {
        Span<char> units = stackalloc char[2];
        for (int i = 0; i < text.Length;)
        {
            char c = text.Span[i];
            if (c < 0x80)
            {
                text.Emit(c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c, i++);
                continue;
            }

            if (c == '\u0130')
            {
                text.Emit("i\u0307", i++);
                continue;
            }

            if (Rune.DecodeFromUtf16(text.Span[i..], out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
            {
                text.Copy(i, i + consumed);
            }
            else
            {
                int length = Rune.ToLowerInvariant(rune).EncodeToUtf16(units);
                text.Emit(units[..length], i);
            }

            i += consumed;
        }

        text.Commit();
    }
}
