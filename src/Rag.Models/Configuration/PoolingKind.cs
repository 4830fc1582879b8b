namespace Rag.Models.Configuration;

/// <summary>How hidden states of tokens become one vector.</summary>
public enum PoolingKind
{
    /// <summary>The mean over attended tokens.</summary>
    Mean,

    /// <summary>The state of the first token.</summary>
    Cls,

    /// <summary>The maximum over attended tokens, per dimension.</summary>
    Max,

    /// <summary>The sum over attended tokens, divided by the square root of their number.</summary>
    MeanSqrtLength,

    /// <summary>The mean weighted by position, 1 for the first token.</summary>
    WeightedMean,

    /// <summary>The state of the last attended token.</summary>
    LastToken,
}
