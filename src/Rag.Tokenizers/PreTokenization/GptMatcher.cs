using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>
/// The two well-known split rules of byte-level models as one forward scan that looks at every character a bounded number of
/// times. GPT-2 (openai/gpt-2, encoder.py):
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>; and the cl100k family of GPT-4,
/// Llama 3 and Qwen 2 (openai/tiktoken, openai_public.py), which differ in <see cref="_maxDigits"/> only:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class GptMatcher : ITextMatcher
{
    private const byte Letter = CharacterClass.Letter;
    private const byte Number = CharacterClass.Number;
    private const byte Space = CharacterClass.Space;
    private const byte Visible = Letter | Number | Space;
    private readonly bool _cl100k;
    private readonly int _maxDigits;

    private GptMatcher(bool cl100k, int maxDigits)
    {
        _cl100k = cl100k;
        _maxDigits = maxDigits;
    }

    public static GptMatcher Gpt2 { get; } = new(false, int.MaxValue);

    /// <summary>The scan for a rule it is known to equal, or null.</summary>
    public static GptMatcher? For(string pattern)
    {
        const string Contractions = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
        const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
        return pattern switch
        {
            @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+" => Gpt2,
            Contractions + @"\p{N}{1,3}" + Rest => new(true, 3),
            Contractions + @"\p{N}" + Rest => new(true, 1),
            Contractions + @"\p{N}+" + Rest => new(true, int.MaxValue),

            _ => null,
        };
    }

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = _cl100k ? NextCl100k(text, at) : NextGpt2(text, at);
            matches.Add((at, end));
            at = end;
        }
    }

    private static int NextGpt2(ReadOnlySpan<char> text, int at)
    {
        char c = text[at];
        if (c == '\'' && Contraction(text, at, false) is var contraction && contraction > 0)
        {
            return at + contraction;
        }

        int first = c == ' ' && at + 1 < text.Length ? at + 1 : at;
        byte kind = (byte)(CharacterClass.At(text, first, out int width) & Visible);
        return (kind & Space) != 0 ? Spaces(text, at) : Run(text, first + width, kind, int.MaxValue);
    }

    private int NextCl100k(ReadOnlySpan<char> text, int at)
    {
        char c = text[at];
        if (c == '\'' && Contraction(text, at, true) is var contraction && contraction > 0)
        {
            return at + contraction;
        }

        byte kind = CharacterClass.At(text, at, out int width);
        if ((kind & Letter) != 0)
        {
            return Run(text, at + width, Letter, int.MaxValue);
        }

        if ((kind & Number) != 0)
        {
            return Run(text, at + width, Number, _maxDigits - 1);
        }

        // One character that is neither letter, number nor line end may lead a word.
        int next = at + width;
        byte following = 0;
        int followingWidth = 0;
        if (next < text.Length)
        {
            following = CharacterClass.At(text, next, out followingWidth);
            if ((kind & CharacterClass.Newline) == 0 && (following & Letter) != 0)
            {
                return Run(text, next + followingWidth, Letter, int.MaxValue);
            }
        }

        bool symbolFollows = c == ' ' && followingWidth > 0 && (following & Visible) == 0;
        if ((kind & Space) == 0 || symbolFollows)
        {
            int end = Run(text, symbolFollows ? next + followingWidth : next, 0, int.MaxValue);
            while (end < text.Length && (CharacterClass.Of(text[end]) & CharacterClass.Newline) != 0)
            {
                end++;
            }

            return end;
        }

        return SpacesToLineEnd(text, at);
    }

    /// <summary>The end of a run of up to <paramref name="max"/> characters of one kind: letters, numbers, or neither and no space.</summary>
    private static int Run(ReadOnlySpan<char> text, int at, byte kind, int max)
    {
        for (; at < text.Length && max > 0; max--)
        {
            if ((CharacterClass.At(text, at, out int width) & Visible) != kind)
            {
                break;
            }

            at += width;
        }

        return at;
    }

    /// <summary>\s+(?!\S)|\s+ : all white space, less its last character where something visible follows and more than one is there.</summary>
    private static int Spaces(ReadOnlySpan<char> text, int at)
    {
        int end = at;
        while (end < text.Length && (CharacterClass.Of(text[end]) & Space) != 0)
        {
            end++;
        }

        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    /// <summary>\s*[\r\n]+ before the rule of <see cref="Spaces"/>: white space up to its last line end, if it has one.</summary>
    private static int SpacesToLineEnd(ReadOnlySpan<char> text, int at)
    {
        int lineEnd = -1;
        int end = at;
        for (; end < text.Length; end++)
        {
            byte kind = CharacterClass.Of(text[end]);
            if ((kind & Space) == 0)
            {
                break;
            }

            if ((kind & CharacterClass.Newline) != 0)
            {
                lineEnd = end + 1;
            }
        }

        return lineEnd > 0 ? lineEnd : end < text.Length && end - at > 1 ? end - 1 : end;
    }

    /// <summary>Length of 's 't 're 've 'm 'll 'd at a place, or 0. Without regard to case, ſ (U+017F) is an s, by Unicode case folding.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int at, bool ignoreCase)
    {
        if (at + 1 >= text.Length)
        {
            return 0;
        }

        char first = Fold(text[at + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        if (at + 2 >= text.Length)
        {
            return 0;
        }

        char second = Fold(text[at + 2], ignoreCase);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char Fold(char c, bool ignoreCase) =>
        !ignoreCase ? c : c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c == '\u017F' ? 's' : c;
}
