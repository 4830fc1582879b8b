using System.Collections.Frozen;

namespace Rag.Chunking;

/// <summary>English short forms that are written with a full stop and seldom end a sentence.</summary>
internal static class Abbreviations
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "gen", "col", "lt", "capt", "sgt", "sen", "rep", "gov", "st", "mt", "ft",
        "vs", "cf", "ca", "al", "approx", "est", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "vols", "pp", "ed", "eds", "op",
        "no", "nos", "dept", "univ", "assn", "bros", "inc", "ltd", "co", "corp", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
        "sep", "sept", "oct", "nov", "dec", "viz", "resp").GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word, without its full stop, is one of them.</summary>
    public static bool Contains(ReadOnlySpan<char> word) => Words.Contains(word);
}
