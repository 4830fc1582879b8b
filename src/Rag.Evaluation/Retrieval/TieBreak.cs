namespace Rag.Evaluation.Retrieval;

/// <summary>In which order documents of equal score count.</summary>
public enum TieBreak
{
    /// <summary>By id, ordinal, ascending.</summary>
    IdAscending,

    /// <summary>By id, ordinal, descending: what trec_eval does.</summary>
    IdDescending,

    /// <summary>As given.</summary>
    Stable,
}
