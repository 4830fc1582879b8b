namespace Rag.Runtime.Distillation;

/// <summary>How far a distillation is.</summary>
/// <param name="Stage">The step that is under way.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is to do.</param>
public readonly record struct DistillationProgress(DistillationStage Stage, long Done, long Total);
