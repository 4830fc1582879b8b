using Rag.Documents;

namespace Rag.Citations;

/// <summary>Finds a quote in a text: to the letter, else with every run of white space taken as one space.</summary>
internal static class QuoteLocator
{
    /// <summary>Where the quote stands in the text, exact to the character; null where it does not. Time in proportion to both.</summary>
    public static TextRange? Find(ReadOnlySpan<char> text, ReadOnlySpan<char> quote)
    {
        quote = quote.Trim();
        if (quote.IsEmpty)
        {
            return null;
        }

        int exact = text.IndexOf(quote, StringComparison.Ordinal);
        return exact >= 0 ? new TextRange(exact, exact + quote.Length) : FindNormalized(text, quote);
    }

    private static TextRange? FindNormalized(ReadOnlySpan<char> text, ReadOnlySpan<char> quote)
    {
        char[] needle = new char[quote.Length];
        int needleLength = Normalize(quote, needle, default);
        char[] haystack = new char[text.Length];
        int[] origins = new int[text.Length];
        int length = Normalize(text, haystack, origins);
        int found = haystack.AsSpan(0, length).IndexOf(needle.AsSpan(0, needleLength));

        // A quote is trimmed, so that its first and last characters are no white space and stand for themselves.
        return found < 0 ? null : new TextRange(origins[found], origins[found + needleLength - 1] + 1);
    }

    private static int Normalize(ReadOnlySpan<char> text, Span<char> target, Span<int> origins)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool blank = char.IsWhiteSpace(text[i]);
            if (blank && length > 0 && target[length - 1] == ' ')
            {
                continue;
            }

            target[length] = blank ? ' ' : text[i];
            if (!origins.IsEmpty)
            {
                origins[length] = i;
            }

            length++;
        }

        return length;
    }
}
