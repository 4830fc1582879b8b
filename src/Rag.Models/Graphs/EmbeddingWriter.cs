using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the way from token ids to the first hidden state.</summary>
internal sealed class EmbeddingWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    public string Write(EmbeddingDescription embedding, string ids)
    {
        string sum = weights.Rows(embedding.Tokens, ids);
        if (embedding.Positions is not null)
        {
            sum = graph.Node("Add", [sum, Positions(embedding, embedding.Positions, ids)]);
        }

        return embedding.Norm is null ? sum : new ResidualWriter(graph, weights, sum).Normalized(embedding.Norm);
    }

    // The first rows of the table, to which the only token type was added while loading.
    private string Positions(EmbeddingDescription embedding, Weight positions, string ids)
    {
        string table = weights.Single(positions);
        if (embedding.TokenTypes is not null)
        {
            table = graph.Node("Add", [table, weights.Rows(embedding.TokenTypes, graph.Constant([0L], 1))]);
        }

        string sequence = graph.Node("Shape", [ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));
        return graph.Node("Slice", [table, graph.Constant([0L], 1), sequence, graph.Constant([0L], 1)]);
    }
}
