using System.Globalization;
using System.Text;
using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

/// <summary>What a text under a constraint must be, found by looking at every place.</summary>
internal sealed class QuoteOracle(IReadOnlyList<QuoteSource> sources, QuoteConstraintOptions options)
{
    /// <summary>Every place of a quote that may begin and end there.</summary>
    public List<(string Id, int Start)> Places(string quote)
    {
        List<(string, int)> places = [];
        if (quote.Length < options.MinQuoteCharacters || quote.Length > options.MaxQuoteCharacters || quote.Contains(options.ClosingMark, StringComparison.Ordinal)
            || char.IsWhiteSpace(quote[0]) || char.IsWhiteSpace(quote[^1]) || !IsWhole(quote))
        {
            return places;
        }

        foreach (QuoteSource source in sources)
        {
            HashSet<int> graphemes = [.. StringInfo.ParseCombiningCharacters(source.Text), source.Text.Length];
            for (int at = source.Text.IndexOf(quote, StringComparison.Ordinal); at >= 0; at = source.Text.IndexOf(quote, at + 1, StringComparison.Ordinal))
            {
                if (graphemes.Contains(at) && graphemes.Contains(at + quote.Length)
                    && (!options.WholeWords || (IsEdge(source.Text, at) && IsEdge(source.Text, at + quote.Length))))
                {
                    places.Add((source.Id, at));
                }
            }
        }

        return places;
    }

    /// <summary>Whether a text is without halves of surrogate pairs, so that it can be written at all.</summary>
    public static bool IsWhole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    /// <summary>Checks a whole text against what was found in it.</summary>
    public void Check(string text, IReadOnlyList<FoundQuote> found)
    {
        int at = 0, number = 0;
        while (text != options.Refusal && text.IndexOf(options.OpeningMark, at, StringComparison.Ordinal) is >= 0 and int open)
        {
            AssertFree(text[at..open]);
            int start = open + options.OpeningMark.Length;
            int close = text.IndexOf(options.ClosingMark, start, StringComparison.Ordinal);
            Assert.True(close >= 0, $"A quote is not closed in '{text}'.");
            string quote = text[start..close];
            List<(string Id, int Start)> places = Places(quote);
            Assert.True(places.Count > 0, $"'{quote}' is in no source.");
            Assert.True(number < found.Count, $"'{quote}' was not found.");
            FoundQuote it = found[number++];
            Assert.Equal((quote, start, close, places.Count), (it.Text, it.Place.Start, it.Place.End, it.Occurrences));
            at = close + options.ClosingMark.Length;
            if (options.Reference is { } reference)
            {
                string id = Assert.Single(places.Select(place => place.Id).Distinct(), id => text.AsSpan(at).StartsWith(reference.Replace("{id}", id, StringComparison.Ordinal), StringComparison.Ordinal));
                at += reference.Replace("{id}", id, StringComparison.Ordinal).Length;
                places.RemoveAll(place => place.Id != id);
            }

            Assert.Equal(places[0], (it.SourceId, it.Range.Start));
            Assert.Equal(quote, sources.First(source => source.Id == it.SourceId).Text[it.Range.Start..it.Range.End]);
        }

        Assert.Equal(number, found.Count);
        if (text != options.Refusal)
        {
            AssertFree(text[at..]);
            Assert.True(number > 0 || !options.RequireQuote, $"'{text}' has no quote.");
            Assert.InRange(number, 0, options.MaxQuotes);
        }
    }

    private void AssertFree(string text) =>
        Assert.True(text.IndexOfAny(options.ForbiddenInFreeText.ToCharArray()) < 0, $"'{text}' holds a mark.");

    // Beside a closing mark everything is an edge, and so is every 64th place of an endless word; the texts of these tests have none such.
    private bool IsEdge(string text, int at) =>
        text.AsSpan(0, at).EndsWith(options.ClosingMark, StringComparison.Ordinal) || text.AsSpan(at).StartsWith(options.ClosingMark, StringComparison.Ordinal)
        || LoneBeside(text, at) || WordEdges.IsEdge(text, at);

    private static bool LoneBeside(string text, int at) =>
        (at > 0 && char.IsSurrogate(text[at - 1]) && !(at > 1 && char.IsSurrogatePair(text[at - 2], text[at - 1])))
        || (at < text.Length && char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])));
}
