using System.Globalization;
using System.Text.RegularExpressions;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>
/// Any other regular expression, with .NET's engine in linear time where it can (no look-around, back-references or atomic
/// groups); the one look-around that nearly all split rules end with is done by hand for it. Else .NET's backtracking engine
/// works under a limit of time. Characters beyond the basic plane, which .NET sees as two surrogates, are shown to it as one
/// stand-in of the same general category, and positions are mapped back.
/// </summary>
internal sealed class RegexMatcher : ITextMatcher
{
    /// <summary>Longest time that one match may take; past it encoding fails with <see cref="LimitExceededException"/>.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    /// <summary>White space up to the last character before something visible, else the rest of it.</summary>
    private const string SpaceRule = @"|\s+(?!\S)|\s+";

    // In the dialect of the files ^ and $ are the ends of lines.
    private const RegexOptions Dialect = RegexOptions.CultureInvariant | RegexOptions.Multiline;

    private readonly Regex _regex;
    private readonly Regex? _beforeSpaceRule;
    private readonly string _location;

    private RegexMatcher(Regex regex, Regex? beforeSpaceRule, string location)
    {
        _regex = regex;
        _beforeSpaceRule = beforeSpaceRule;
        _location = location;
    }

    /// <summary>Prepares an expression.</summary>
    /// <exception cref="ArgumentException">When .NET cannot read it.</exception>
    public static RegexMatcher Create(string pattern, string location)
    {
        const RegexOptions Linear = Dialect | RegexOptions.NonBacktracking;
        try
        {
            if (pattern.EndsWith(SpaceRule, StringComparison.Ordinal))
            {
                string others = pattern[..^SpaceRule.Length];
                return new RegexMatcher(new Regex(others + @"|\s+", Linear, MatchTimeout), new Regex($@"\A(?:{others})", Linear, MatchTimeout), location);
            }

            return new RegexMatcher(new Regex(pattern, Linear, MatchTimeout), null, location);
        }
        catch (NotSupportedException)
        {
            return new RegexMatcher(new Regex(pattern, Dialect, MatchTimeout), null, location);
        }
    }

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        try
        {
            if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                CollectFolded(text, matches);
            }
            else
            {
                Scan(text, null, matches);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw Slow(e);
        }
    }

    private LimitExceededException Slow(Exception? inner = null) =>
        new("RegexMatchTimeout (ms)", (long)MatchTimeout.TotalMilliseconds, (long)MatchTimeout.TotalMilliseconds, _location, inner);

    private void Scan(ReadOnlySpan<char> text, int[]? positions, List<(int Start, int End)> matches)
    {
        // Many matches that look far ahead are as bad as one; a text of the usual size never comes near.
        TimeSpan budget = MatchTimeout + (text.Length * TimeSpan.FromMicroseconds(10));
        long begun = TimeProvider.System.GetTimestamp();
        int count = 0;
        for (int from = 0; from >= 0;)
        {
            int restart = -1;
            foreach (ValueMatch match in _regex.EnumerateMatches(text, from))
            {
                if ((++count & 255) == 0 && TimeProvider.System.GetElapsedTime(begun) > budget)
                {
                    throw Slow();
                }

                int start = match.Index;
                int end = start + match.Length;
                if (_beforeSpaceRule is not null && match.Length > 1 && end < text.Length && text[start..end].IsWhiteSpace() && !_beforeSpaceRule.IsMatch(text[start..]))
                {
                    restart = --end;
                }

                Add(positions is null ? start : positions[start], positions is null ? end : positions[end], matches);
                if (restart >= 0)
                {
                    break;
                }
            }

            from = restart;
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
        Scan(folded.AsSpan(0, length), positions, matches);
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
