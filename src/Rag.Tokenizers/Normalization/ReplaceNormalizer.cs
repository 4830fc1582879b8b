using Rag.Tokenizers.PreTokenization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>Replaces every match of a rule; the replacement takes the alignment of the match's last character.</summary>
internal sealed class ReplaceNormalizer(ITextMatcher matcher, string content) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        List<(int Start, int End)> matches = [];
        matcher.Collect(text.Span, matches);
        if (matches.Count == 0)
        {
            return;
        }

        int at = 0;
        foreach ((int start, int end) in matches)
        {
            text.Copy(at, start);
            text.Emit(content, end - 1);
            at = end;
        }

        text.Copy(at, text.Length);
        text.Commit();
    }
}
