namespace Rag.Runtime.Distillation;

/// <summary>The steps of a distillation, in their order.</summary>
public enum DistillationStage
{
    /// <summary>Every token of the vocabulary goes through the encoder.</summary>
    Tokens,

    /// <summary>The texts go through the encoder.</summary>
    Texts,

    /// <summary>The table is fitted in closed form.</summary>
    Fit,

    /// <summary>The table is trained; counted in texts seen, all passes together.</summary>
    Training,
}
