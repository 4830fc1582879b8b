namespace Rag.Tokenizers.PreTokenization;

/// <summary>Pieces of a fixed number of characters.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : IPreTokenizer, ITextMatcher
{
    public void PreTokenize(PreTokenizedText text) => text.Split(this, SplitBehavior.Isolated, invert: false);

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            for (int i = 0; i < length && at < text.Length; i++)
            {
                at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
            }

            matches.Add((start, at));
        }
    }
}
