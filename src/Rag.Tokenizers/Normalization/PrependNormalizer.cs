using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Puts a string before a text that is not empty; it takes the alignment of the first character.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        if (text.Length > 0)
        {
            text.Emit(prefix, 0);
            text.Copy(0, text.Length);
            text.Commit();
        }
    }
}
