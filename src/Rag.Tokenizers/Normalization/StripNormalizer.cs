using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Cuts white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        int start = 0;
        int end = text.Length;
        while (left && start < end && char.IsWhiteSpace(text.Span[start]))
        {
            start++;
        }

        while (right && end > start && char.IsWhiteSpace(text.Span[end - 1]))
        {
            end--;
        }

        if (start > 0 || end < text.Length)
        {
            text.Copy(start, end);
            text.Commit();
        }
    }
}
