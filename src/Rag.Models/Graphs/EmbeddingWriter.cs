using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the way from token ids to the first hidden state.</summary>
internal sealed class EmbeddingWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    /// <param name="embedding">What to write.</param>
    /// <param name="ids">[batch, sequence].</param>
    /// <param name="types">The type of each token, [batch, sequence]; null where all are of type 0.</param>
    /// <param name="positions">The tokens' rows of the position table, [batch, sequence]; null where the first has row 0.</param>
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

        string? only = types is null && embedding.TokenTypes is not null ? weights.Rows(embedding.TokenTypes, graph.Constant([0L], 1)) : null;
        if (embedding.Positions is not null)
        {
            sum = graph.Node("Add", [sum, Positions(embedding.Positions, only, ids, positions)]);
        }
        else if (only is not null)
        {
            sum = graph.Node("Add", [sum, only]);
        }

        string normalized = embedding.Norm is null ? sum : new ResidualWriter(graph, weights, sum).Normalized(embedding.Norm);
        return embedding.Projection is null ? normalized : weights.Linear(normalized, embedding.Projection);
    }

    // Rows of the table, to which the only token type, if there is but one, was added while loading.
    private string Positions(Weight table, string? only, string ids, string? positions)
    {
        if (positions is not null && only is null)
        {
            return weights.Rows(table, positions);
        }

        string rows = weights.Single(table);
        rows = only is null ? rows : graph.Node("Add", [rows, only]);
        if (positions is not null)
        {
            return graph.Node("Gather", [rows, positions]);
        }

        string sequence = graph.Node("Shape", [ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));
        return graph.Node("Slice", [rows, graph.Constant([0L], 1), sequence, graph.Constant([0L], 1)]);
    }
}
