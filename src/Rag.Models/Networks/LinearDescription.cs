namespace Rag.Models.Networks;

/// <summary>y = x W^T + b, with W stored [out, in].</summary>
internal sealed record LinearDescription(Weight Weight, Weight? Bias)
{
    /// <summary>The layer "name" with "name.weight" [outputs, inputs] and, where asked for, "name.bias" [outputs].</summary>
    public static LinearDescription Named(string name, int inputs, int outputs, bool bias) =>
        new(new Weight(name + ".weight", outputs, inputs), bias ? new Weight(name + ".bias", outputs) : null);
}
