using System.Globalization;
using System.Text.RegularExpressions;

namespace Rag.Answering;

/// <summary>References to sources in an answer's text: "[1]", "[2][3]", "[1, 4]".</summary>
internal static partial class References
{
    /// <summary>Every reference, in order.</summary>
    public static IEnumerable<Match> Find(string text) => Pattern().Matches(text);

    /// <summary>The numbers of one reference.</summary>
    public static IEnumerable<int> NumbersOf(Match reference) =>
        Number().Matches(reference.Value).Select(number => int.Parse(number.Value, CultureInfo.InvariantCulture));

    /// <summary>The text without references.</summary>
    public static string Remove(string text) => WithSpace().Replace(text, "");

    /// <summary>The text with numbers above <paramref name="count"/> gone: a reference to nothing would only mislead.</summary>
    public static string RemoveUnknown(string text, int count) => WithSpace().Replace(text, reference =>
    {
        List<int> numbers = [.. NumbersOf(reference)];
        List<int> known = [.. numbers.Where(number => number >= 1 && number <= count)];
        string space = reference.Value[..reference.Value.IndexOf('[', StringComparison.Ordinal)];
        return known.Count == numbers.Count ? reference.Value : known.Count == 0 ? "" : $"{space}[{string.Join(", ", known)}]";
    });

    [GeneratedRegex(@"\[\d{1,4}(?:[,;] ?\d{1,4}){0,16}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@" ?\[\d{1,4}(?:[,;] ?\d{1,4}){0,16}\]", RegexOptions.CultureInvariant)]
    private static partial Regex WithSpace();

    [GeneratedRegex(@"\d{1,4}", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
