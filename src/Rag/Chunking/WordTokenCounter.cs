using System.Globalization;
using Rag.Chunks;

namespace Rag.Chunking;

/// <summary>
/// Estimates tokens where no model's tokenizer is at hand: a run of letters or digits is one token per six begun characters,
/// a Han, Kana or Hangul character is one, any other visible character is one, white space none. On English prose that is
/// within about a fifth of a WordPiece or BPE count. Stateless; safe for concurrent use.
/// </summary>
public sealed class WordTokenCounter : ITokenCounter
{
    private const int CharactersPerToken = 6;

    /// <inheritdoc/>
    public string Fingerprint => "words-6";

    /// <inheritdoc/>
    public int MaxTokens => int.MaxValue;

    /// <inheritdoc/>
    public int Count(ReadOnlySpan<char> text) => Scan(text, int.MaxValue, out int tokens) >= 0 ? tokens : 0;

    /// <inheritdoc/>
    public int PrefixLength(ReadOnlySpan<char> text, int maxTokens) => Scan(text, maxTokens, out _);

    /// <summary>Length of the longest prefix within the limit, and its tokens.</summary>
    private static int Scan(ReadOnlySpan<char> text, int maxTokens, out int tokens)
    {
        tokens = 0;
        int run = 0;
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            int width = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            int cost;
            if (width == 1 && IsWordCharacter(c))
            {
                cost = run % CharactersPerToken == 0 ? 1 : 0;
                run++;
            }
            else
            {
                run = 0;
                cost = width == 1 && char.IsWhiteSpace(c) ? 0 : 1;
            }

            if (cost > maxTokens - tokens)
            {
                return i;
            }

            tokens += cost;
            i += width;
        }

        return text.Length;
    }

    /// <summary>Letters that stand in runs; scripts written without spaces, and Hangul, count character by character.</summary>
    private static bool IsWordCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c)
        || (c > 127 && !WritingSystems.IsUnspaced(c) && !WritingSystems.IsHangul(c)
            && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));
}
