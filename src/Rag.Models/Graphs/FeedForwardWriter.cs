using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the block of a layer that works on each token alone.</summary>
internal sealed class FeedForwardWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    private readonly MlpWriter _mlp = new(graph, weights);
    private readonly MoeWriter _moe = new(graph, weights);

    public BlockOutput Write(FeedForwardDescription block, string x) => block switch
    {
        MlpDescription mlp => new BlockOutput(_mlp.Write(mlp, x), mlp.Down),
        MoeDescription moe => new BlockOutput(_moe.Write(moe, x), null),
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };
}
