namespace Rag.Runtime.Generation.Beams;

/// <summary>Why a sequence ended.</summary>
public enum BeamEnd
{
    /// <summary>By a stop token.</summary>
    Stop,

    /// <summary>By the budget of tokens.</summary>
    Length,
}
