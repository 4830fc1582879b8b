using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Adapters;

/// <summary>What an adapter adds to one linear layer: scale * up (down x).</summary>
/// <param name="Down">[rank, inputs].</param>
/// <param name="Up">[outputs, rank].</param>
/// <param name="Scale">What the product is multiplied by.</param>
internal sealed record LowRankPair(TensorInfo Down, TensorInfo Up, float Scale)
{
    public long Rank => Down.Shape[0];

    public long Inputs => Down.Shape[1];

    public long Outputs => Up.Shape[0];
}
