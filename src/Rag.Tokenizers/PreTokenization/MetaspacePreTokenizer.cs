namespace Rag.Tokenizers.PreTokenization;

/// <summary>SentencePiece's treatment of spaces: each becomes a visible mark, one is put before the text, and pieces begin with it.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, MetaspacePreTokenizer.Scheme scheme, bool split) : IPreTokenizer
{
    private readonly LiteralMatcher _mark = new(replacement.ToString());

    /// <summary>Where the mark is put before a piece that lacks it.</summary>
    public enum Scheme
    {
        /// <summary>Nowhere.</summary>
        Never,

        /// <summary>Before what begins the text.</summary>
        First,

        /// <summary>Before every section between added tokens.</summary>
        Always,
    }

    public bool NeedsAlignment => scheme == Scheme.First;

    public void PreTokenize(PreTokenizedText text)
    {
        text.Rewrite((replacement, scheme), static (text, start, end, options) =>
        {
            (char mark, Scheme scheme) = options;
            char first = text.Span[start];
            bool prepend = first != mark && first != ' '
                && (scheme == Scheme.Always || (scheme == Scheme.First && text.OriginalStart(start) == 0));
            if (prepend)
            {
                text.Emit(mark, start);
            }

            int at = start;
            while (text.Span[at..end].IndexOf(' ') is var space && space >= 0)
            {
                text.Copy(at, at + space);
                text.Emit(mark, at + space);
                at += space + 1;
            }

            text.Copy(at, end);
        });
        if (split)
        {
            text.Split(_mark, SplitBehavior.MergedWithNext, invert: false);
        }
    }
}
