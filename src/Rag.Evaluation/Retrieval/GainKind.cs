namespace Rag.Evaluation.Retrieval;

/// <summary>What a graded judgement is worth to nDCG.</summary>
public enum GainKind
{
    /// <summary>The grade itself (Järvelin and Kekäläinen 2002; trec_eval).</summary>
    Linear,

    /// <summary>2^grade - 1 (Burges et al. 2005).</summary>
    Exponential,
}
