namespace Rag.Evaluation.Retrieval;

/// <summary>Makes a ranking of scored documents.</summary>
public static class Ranking
{
    /// <summary>The ids, best score first.</summary>
    /// <param name="scores">Document ids with scores.</param>
    /// <param name="ties">In which order equal scores come.</param>
    public static IReadOnlyList<string> FromScores(IEnumerable<KeyValuePair<string, double>> scores, TieBreak ties = TieBreak.IdAscending)
    {
        ArgumentNullException.ThrowIfNull(scores);
        IOrderedEnumerable<KeyValuePair<string, double>> ordered = scores.OrderByDescending(pair => pair.Value);
        ordered = ties switch
        {
            TieBreak.IdAscending => ordered.ThenBy(pair => pair.Key, StringComparer.Ordinal),
            TieBreak.IdDescending => ordered.ThenByDescending(pair => pair.Key, StringComparer.Ordinal),
            _ => ordered,
        };
        return [.. ordered.Select(pair => pair.Key)];
    }
}
