namespace Rag.Index.Text;

/// <summary>
/// What a question asks for: its words, each of which may be missing, and its phrases. A part in double quotes (straight, or a pair of
/// typographic ones) is a phrase: its terms in that order and at those distances, a stop word leaving its place open. The words of a
/// phrase count as words too, so that a passage that has them otherwise is still found, below one that has the phrase. A quotation mark
/// without its partner is plain text, and a phrase of one term is that term.
/// </summary>
internal sealed class TextQuery
{
    private TextQuery(IReadOnlyDictionary<string, int> words, IReadOnlyList<Phrase> phrases) => (Words, Phrases) = (words, phrases);

    /// <summary>Each term with how often it is asked for.</summary>
    public IReadOnlyDictionary<string, int> Words { get; }

    /// <summary>The phrases; their terms are among the words.</summary>
    public IReadOnlyList<Phrase> Phrases { get; }

    /// <summary>Reads a question.</summary>
    public static TextQuery Parse(string text, ITextAnalyzer analyzer)
    {
        Dictionary<string, int> words = new(StringComparer.Ordinal);
        Count(TermCounts.Of(analyzer, text), words);
        List<Phrase> phrases = [];
        int lastClosing = text.LastIndexOf('\u201D');
        for (int open = NextQuote(text, 0); open >= 0; open = NextQuote(text, open))
        {
            int close = text[open] == '"' ? text.IndexOf('"', open + 1) : open < lastClosing ? text.IndexOf('\u201D', open + 1) : -1;
            if (close < 0)
            {
                open++;
                continue;
            }

            TermCounts terms = TermCounts.Of(analyzer, text[(open + 1)..close]);
            open = close + 1;
            List<(string Term, int Offset)> places = [.. terms.Positions.SelectMany(pair => pair.Value.Select(position => (pair.Key, position)))];
            if (places.Select(place => place.Offset).Distinct().Count() > 1)
            {
                // An analyzer may see less of a phrase by itself than of the whole text.
                places.Sort((a, b) => a.Offset.CompareTo(b.Offset));
                places.ForEach(place => words.TryAdd(place.Term, 1));
                phrases.Add(new(places));
            }
        }

        return new(words, phrases);
    }

    private static int NextQuote(string text, int from) => from >= text.Length ? -1 : text.AsSpan(from).IndexOfAny('"', '\u201C') is var index && index < 0 ? -1 : from + index;

    private static void Count(TermCounts terms, Dictionary<string, int> words)
    {
        foreach ((string term, List<int> positions) in terms.Positions)
        {
            words[term] = positions.Count;
        }
    }
}
