using System.Globalization;
using System.Text.RegularExpressions;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>
/// Any other regular expression: with .NET's engine in linear time where it can (no look-around, back-references or atomic
/// groups), else its backtracking engine under a time limit per match. Characters beyond the basic plane, which .NET sees
/// as two surrogates, are shown to it as one stand-in of the same general category, and positions are mapped back.
/// </summary>
internal sealed class RegexMatcher : ITextMatcher
{
    /// <summary>Longest time that one match may take; past it encoding fails with <see cref="LimitExceededException"/>.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    private readonly Regex _regex;
    private readonly string _location;

    private RegexMatcher(Regex regex, string location)
    {
        _regex = regex;
        _location = location;
    }

    /// <summary>Prepares an expression.</summary>
    /// <exception cref="ArgumentException">When .NET cannot read it.</exception>
    public static RegexMatcher Create(string pattern, string location)
    {
        // In the dialect of the files ^ and $ are the ends of lines.
        const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Multiline;
        try
        {
            return new RegexMatcher(new Regex(pattern, Options | RegexOptions.NonBacktracking, MatchTimeout), location);
        }
        catch (NotSupportedException)
        {
            return new RegexMatcher(new Regex(pattern, Options, MatchTimeout), location);
        }
    }

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        try
        {
            if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                CollectFolded(text, matches);
                return;
            }

            foreach (ValueMatch match in _regex.EnumerateMatches(text))
            {
                Add(match.Index, match.Index + match.Length, matches);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new LimitExceededException("RegexMatchTimeout (ms)", (long)MatchTimeout.TotalMilliseconds, (long)MatchTimeout.TotalMilliseconds, _location, e);
        }
    }

    // An empty match right after another match is none, as in the engines that the files were written for.
    private static void Add(int start, int end, List<(int Start, int End)> matches)
    {
        if (end > start || matches.Count == 0 || matches[^1].End != start)
        {
            matches.Add((start, end));
        }
    }

    private void CollectFolded(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        char[] folded = new char[text.Length];
        int[] positions = new int[text.Length + 1];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            positions[length] = i;
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            folded[length++] = pair ? StandIn(char.ConvertToUtf32(text[i], text[i + 1])) : text[i];
            i += pair ? 1 : 0;
        }

        positions[length] = text.Length;
        foreach (ValueMatch match in _regex.EnumerateMatches(folded.AsSpan(0, length)))
        {
            Add(positions[match.Index], positions[match.Index + match.Length], matches);
        }
    }

    private static char StandIn(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter => '\u1C89',
        UnicodeCategory.LowercaseLetter => '\u1C8A',
        UnicodeCategory.ModifierLetter => '\u1C78',
        UnicodeCategory.OtherLetter => '\u1C4D',
        UnicodeCategory.NonSpacingMark => '\u1DC0',
        UnicodeCategory.SpacingCombiningMark => '\u1C34',
        UnicodeCategory.DecimalDigitNumber => '\u1C40',
        UnicodeCategory.LetterNumber => '\u2188',
        UnicodeCategory.OtherNumber => '\u2CFD',
        UnicodeCategory.OtherPunctuation => '\u1C3B',
        UnicodeCategory.DashPunctuation => '\u1806',
        UnicodeCategory.MathSymbol => '\u2AFF',
        UnicodeCategory.CurrencySymbol => '\u20BE',
        UnicodeCategory.ModifierSymbol => '\uA720',
        UnicodeCategory.OtherSymbol => '\u2BFF',
        UnicodeCategory.Format => '\u2064',
        UnicodeCategory.PrivateUse => '\uF8FE',
        _ => '\uFDEF',
    };
}
