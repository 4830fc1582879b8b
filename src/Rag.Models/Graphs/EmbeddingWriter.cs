using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the way from token ids to the first hidden state.</summary>
internal sealed class EmbeddingWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    /// <param name="embedding">What to write.</param>
    /// <param name="ids">[batch, sequence].</param>
    /// <param name="types">The type of each token, [batch, sequence]; null where all are of type 0.</param>
    /// <param name="positions">Where tokens stand, [batch, sequence]; null where the first is at 0.</param>
    /// <returns>[batch, sequence, hidden].</returns>
    public string Write(EmbeddingDescription embedding, string ids, string? types = null, string? positions = null)
    {
        string sum = weights.Rows(embedding.Tokens, ids);
        if (embedding.Multiplier != 1)
        {
            sum = graph.Node("Mul", [sum, graph.Constant([embedding.Multiplier])]);
        }

        if (types is not null && embedding.TokenTypes is not null)
        {
            sum = graph.Node("Add", [sum, weights.Rows(embedding.TokenTypes, types)]);
        }

        if (embedding.Positions is not null)
        {
            sum = graph.Node("Add", [sum, positions is null ? Positions(embedding.Positions, types is null ? embedding.TokenTypes : null, ids) : weights.Rows(embedding.Positions, positions)]);
        }

        return embedding.Norm is null ? sum : new ResidualWriter(graph, weights, sum).Normalized(embedding.Norm);
    }

    // The first rows of the table, to which the only token type, if there is but one, was added while loading.
    private string Positions(Weight positions, Weight? tokenTypes, string ids)
    {
        string table = weights.Single(positions);
        if (tokenTypes is not null)
        {
            table = graph.Node("Add", [table, weights.Rows(tokenTypes, graph.Constant([0L], 1))]);
        }

        string sequence = graph.Node("Shape", [ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));
        return graph.Node("Slice", [table, graph.Constant([0L], 1), sequence, graph.Constant([0L], 1)]);
    }
}
