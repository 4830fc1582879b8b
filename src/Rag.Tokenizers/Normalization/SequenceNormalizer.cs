using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Normalizers one after another.</summary>
internal sealed class SequenceNormalizer(INormalizer[] normalizers) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        foreach (INormalizer normalizer in normalizers)
        {
            normalizer.Normalize(text);
        }
    }
}
