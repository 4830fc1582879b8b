using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>GPT-2's pre-tokenizer: a space before the first word if wanted, GPT-2's split rule if wanted, then bytes in the byte-level alphabet.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text)
    {
        if (addPrefixSpace)
        {
            text.Rewrite(0, static (text, start, end, _) =>
            {
                if (text.Span[start] != ' ')
                {
                    text.Emit(' ', start);
                }

                text.Copy(start, end);
            });
        }

        if (useRegex)
        {
            text.Split(GptMatcher.Gpt2, SplitBehavior.Isolated, invert: false);
        }

        text.Rewrite(0, static (text, start, end, _) => ByteAlphabet.Emit(text, start, end));
    }
}
