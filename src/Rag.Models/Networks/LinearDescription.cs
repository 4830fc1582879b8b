namespace Rag.Models.Networks;

/// <summary>y = x W^T + b, with W stored [out, in].</summary>
internal sealed record LinearDescription(Weight Weight, Weight? Bias)
{
    /// <summary>The layer "name" with "name.weight" [outputs, inputs] and, where asked for, "name.bias" [outputs].</summary>
    public static LinearDescription Named(string name, int inputs, int outputs, bool bias) =>
        new(new Weight(name + ".weight", outputs, inputs), bias ? new Weight(name + ".bias", outputs) : null);

    /// <summary>The same, but with the weight stored [inputs, outputs] (transformers' Conv1D).</summary>
    public static LinearDescription NamedTransposed(string name, int inputs, int outputs) =>
        new(new Weight(name + ".weight", inputs, outputs) { Transposed = true }, new Weight(name + ".bias", outputs));

    /// <summary>The layer that computes some of the outputs; see <see cref="WeightRows"/>.</summary>
    public LinearDescription Outputs(int groups, int units, int start, int count) => new(
        Weight with { Rows = new WeightRows(groups, units, start, count, Weight.Shape[Weight.Transposed ? ^2 : ^1]) },
        Bias is null ? null : Bias with { Rows = new WeightRows(groups, units, start, count, 0) });
}
