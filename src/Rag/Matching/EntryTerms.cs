using System.Buffers;

namespace Rag.Matching;

/// <summary>The terms of an entry of a table or list: its own, those of the headings that say what it is about, and what its marks stand for.</summary>
internal static class EntryTerms
{
    private static readonly SearchValues<char> Currencies = SearchValues.Create("£$€¥₩₹");
    private static readonly string[] Units = ["pound", "dollar", "euro", "cent", "penc", "gbp", "usd", "eur", "won"];
    private static readonly HashSet<string> Price = Terms.Of("cost price fee charge pay");

    /// <summary>The terms. An amount of money answers a question for cost or price whichever word it has.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="headings">The headings above its chunk.</param>
    /// <param name="heading">The last heading before it within the chunk; empty where there is none.</param>
    public static HashSet<string> Of(ReadOnlySpan<char> entry, IReadOnlyList<string> headings, ReadOnlySpan<char> heading)
    {
        HashSet<string> terms = Terms.Of(entry);
        if (entry.ContainsAny(Currencies) || Array.Exists(Units, terms.Contains))
        {
            terms.UnionWith(Price);
        }

        terms.UnionWith(Terms.Of(string.Join(' ', headings)));
        terms.UnionWith(Terms.Of(heading));
        return terms;
    }
}
