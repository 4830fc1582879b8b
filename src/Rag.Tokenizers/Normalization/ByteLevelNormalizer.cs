using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Writes the text's UTF-8 bytes in the byte-level alphabet.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public void Normalize(AlignedText text)
    {
        ByteAlphabet.Emit(text, 0, text.Length);
        text.Commit();
    }
}
