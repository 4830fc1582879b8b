namespace Rag.Models.Networks;

/// <summary>A stored tensor that a network needs: its name in the checkpoint and the shape it must have there.</summary>
internal sealed record Weight(string Name, params long[] Shape)
{
    /// <summary>Whether the last two dimensions change places before anything else is done with it.</summary>
    public bool Transposed { get; init; }

    /// <summary>The rows of it that are meant, once turned; null for the tensor as it is.</summary>
    public WeightRows? Rows { get; init; }
}
