namespace Rag.Models.Networks;

/// <summary>A normalisation over the last dimension.</summary>
internal sealed record NormDescription(NormKind Kind, Weight Weight, Weight? Bias, float Epsilon);
