namespace Rag.Tokenizers.Models;

/// <summary>
/// A worker that cuts a long text first before every mark that does not follow a mark, where its model can never reach across,
/// and remembers the tokens of such sections. That changes nothing but the time it takes.
/// </summary>
/// <param name="mark">The mark, or 0 where there is no such place.</param>
internal abstract class MarkedWorker(char mark) : IModelWorker
{
    private readonly WordCache? _sections = mark != '\0' ? new WordCache() : null;

    public virtual void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        if (_sections is null || word.Length <= 2)
        {
            TokenizeSection(word, tokens);
            return;
        }

        TokenizeSections(word, tokens);
    }

    public abstract void Trim(int capacity);

    /// <summary>Adds the tokens of a text without a cut; positions are relative to it.</summary>
    protected abstract void TokenizeSection(ReadOnlySpan<char> word, TokenBuffer tokens);

    private void TokenizeSections(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        for (int start = 0; start < word.Length;)
        {
            // The next mark that something other than a mark stands before.
            int end = start + 1;
            while (end < word.Length && !(word[end] == mark && word[end - 1] != mark))
            {
                int step = word[end..].IndexOf(mark);
                end = step < 0 ? word.Length : step == 0 ? end + 1 : end + step;
            }

            ReadOnlySpan<char> section = word[start..end];
            int first = tokens.Count;
            if (section.Length > WordCache.LongestWord)
            {
                TokenizeSection(section, tokens);
            }
            else if (!_sections!.TryGet(section, tokens, out uint hash))
            {
                TokenizeSection(section, tokens);
                _sections.Remember(section, hash, tokens, first);
            }

            if (start > 0)
            {
                Span<int> starts = tokens.Starts;
                Span<int> ends = tokens.Ends;
                for (int i = first; i < tokens.Count; i++)
                {
                    starts[i] += start;
                    ends[i] += start;
                }
            }

            start = end;
        }
    }
}
