using System.Buffers;
using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.AddedTokens;

/// <summary>Finds added tokens: leftmost first, longest of those that begin at one place, without overlap.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly TokenTrie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firstUnits;

    /// <summary>Prepares a set of tokens under the spellings to be sought.</summary>
    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        HashSet<char> first = [];
        foreach ((string spelling, AddedToken token) in tokens)
        {
            if (spelling.Length > 0)
            {
                first.Add(spelling[0]);
                _trie.Add(spelling, _tokens.Count);
                _tokens.Add(token);
            }
        }

        _firstUnits = SearchValues.Create([.. first]);
    }

    public bool IsEmpty => _tokens.Count == 0;

    /// <summary>Adds the sections of a text in order: added tokens, and what lies between with token null.</summary>
    public void Split(ReadOnlySpan<char> text, bool parseSpecialTokens, List<(int Start, int End, AddedToken? Token)> sections)
    {
        int covered = 0;
        for (int at = 0; at < text.Length;)
        {
            int candidate = text[at..].IndexOfAny(_firstUnits);
            if (candidate < 0)
            {
                break;
            }

            at += candidate;
            int index = _trie.LongestPrefix(text[at..], out int length);
            if (index < 0)
            {
                at++;
                continue;
            }

            AddedToken token = _tokens[index];
            int start = at;
            int end = at + length;
            at = end;

            // A match that is refused still counts as read: what overlaps it is not looked at again.
            if ((token.Special && !parseSpecialTokens) || (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..]))))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                int stripped = start;
                while (stripped > 0 && char.IsWhiteSpace(text[stripped - 1]))
                {
                    stripped--;
                }

                start = Math.Max(stripped, covered);
            }

            while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (covered < start)
            {
                sections.Add((covered, start, null));
            }

            sections.Add((start, end, token));
            covered = end;
        }

        if (covered < text.Length)
        {
            sections.Add((covered, text.Length, null));
        }
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && CharacterClass.IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && CharacterClass.IsWord(rune);
}
