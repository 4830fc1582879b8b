using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the way from an image to the first hidden state: a vector of its own, then those of its patches.</summary>
internal sealed class PatchWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    /// <param name="embedding">What to write.</param>
    /// <param name="patches">How the image is cut.</param>
    /// <param name="pixels">[batch, channels, image size, image size].</param>
    /// <returns>[batch, 1 + patches, hidden].</returns>
    public string Write(EmbeddingDescription embedding, PatchDescription patches, string pixels)
    {
        long hidden = patches.Kernel.Shape[0];
        string grid = graph.Node(
            "Conv",
            [pixels, weights.Single(patches.Kernel)],
            new OnnxAttribute("kernel_shape", [patches.PatchSize, patches.PatchSize]),
            new OnnxAttribute("strides", [patches.PatchSize, patches.PatchSize]));
        string rows = graph.Node("Transpose", [graph.Node("Reshape", [grid, graph.Constant([0, hidden, -1], 3)])], new OnnxAttribute("perm", [0, 2, 1]));
        string batch = graph.Node("Shape", [pixels], new OnnxAttribute("start", 0), new OnnxAttribute("end", 1));
        string shape = graph.Node("Concat", [batch, graph.Constant([1, hidden], 2)], new OnnxAttribute("axis", 0));
        string first = graph.Node("Expand", [weights.Single(embedding.Tokens), shape]);
        string sum = graph.Node("Add", [graph.Node("Concat", [first, rows], new OnnxAttribute("axis", 1)), weights.Single(embedding.Positions!)]);
        return embedding.Norm is null ? sum : new ResidualWriter(graph, weights, sum).Normalized(embedding.Norm);
    }
}
