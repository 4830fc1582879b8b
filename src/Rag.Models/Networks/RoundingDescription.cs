namespace Rag.Models.Networks;

/// <summary>Linear layers round each row of what goes in to eight bits, and each row of their matrix, and multiply integers.</summary>
/// <param name="WeightSteps">The greatest whole number of a matrix: 127, or 63 for processors that add two products in 16 bits, where 127 would overflow.</param>
internal sealed record RoundingDescription(int WeightSteps);
