namespace Rag.Runtime.Generation.Beams;

/// <summary>When a beam search ends before the budget is spent.</summary>
public enum BeamStopping
{
    /// <summary>Once as many sequences as beams are finished and the best running one, scored at its present length, beats none of them. early_stopping=False of transformers.</summary>
    Estimated,

    /// <summary>Once as many sequences as beams are finished. early_stopping=True of transformers.</summary>
    Early,

    /// <summary>As <see cref="Estimated"/>, but a positive length penalty is reckoned at the greatest length, so that nothing better is missed. early_stopping="never" of transformers.</summary>
    Never,
}
