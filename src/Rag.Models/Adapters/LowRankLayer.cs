using Rag.Models.Networks;

namespace Rag.Models.Adapters;

/// <summary>A linear layer of a written graph that an adapter may change: the graph's inputs for the two matrices.</summary>
/// <param name="Module">The layer's name in the checkpoint.</param>
/// <param name="Down">The input for [rank, <paramref name="Inputs"/>].</param>
/// <param name="Inputs">The width of what goes in.</param>
/// <param name="Outputs">The width of what comes out, of a fused layer all of it.</param>
/// <param name="IsUsedInParts">Whether its matrix is used in parts: the rank is then at least 1, and all rows are there.</param>
internal sealed record LowRankLayer(string Module, string Down, long Inputs, long Outputs, bool IsUsedInParts)
{
    /// <summary>The inputs for [outputs, rank], one for each part of a fused layer that is computed by itself.</summary>
    public List<(string Name, WeightRows? Rows)> Ups { get; } = [];
}
