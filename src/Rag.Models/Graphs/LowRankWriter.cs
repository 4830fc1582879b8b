using System.Globalization;
using Rag.Models.Adapters;
using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Writes beside a linear layer what an adapter adds to it: up (down x), with both matrices as inputs of the graph, so that
/// sequences with different adapters share all weights. Without an adapter the rank is 0 and up has one row: the sum is then
/// with a single zero for each token, which is written in place.
/// </summary>
internal sealed class LowRankWriter(OnnxGraphBuilder graph, AdapterTargets targets, NetworkDescription network)
{
    private readonly Dictionary<string, LowRankLayer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string X, string Module), string> _reduced = [];
    private readonly List<LowRankLayer> _written = [];

    /// <summary>The layers with such a path.</summary>
    public IReadOnlyList<LowRankLayer> Layers => _written;

    /// <summary>The product of a layer with what adapters add to it.</summary>
    public string Add(string product, string x, Weight weight)
    {
        // A head that shares the table of embeddings is a module of its own all the same.
        string module = weight.Name == network.Embedding.Tokens.Name ? "lm_head" : ModuleNames.OfTensor(weight.Name);
        if (!targets.Include(module) || weight.Shape.Length != 2)
        {
            return product;
        }

        LowRankLayer layer = Layer(module, weight, isUsedInParts: false);
        string name = Up(layer, weight);
        if (!_reduced.TryGetValue((x, module), out string? reduced))
        {
            _reduced.Add((x, module), reduced = Multiply(x, layer.Down));
        }

        return graph.Node("Add", [product, Multiply(reduced, name)]);
    }

    /// <summary>
    /// The inputs of a layer whose matrix is not applied as it is but in parts: down, [rank, inputs], and up for each part,
    /// [rows, rank] with a rank of at least 1. Null where adapters may not change it.
    /// </summary>
    public (string Down, string[] Ups)? Parts(params ReadOnlySpan<Weight> parts)
    {
        string module = ModuleNames.OfTensor(parts[0].Name);
        if (!targets.Include(module))
        {
            return null;
        }

        LowRankLayer layer = Layer(module, parts[0], isUsedInParts: true);
        string[] ups = new string[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            ups[i] = graph.Narrowed(Up(layer, parts[i]));
        }

        return (graph.Narrowed(layer.Down), ups);
    }

    private string Up(LowRankLayer layer, Weight weight)
    {
        int number = _written.IndexOf(layer);
        string name = string.Create(CultureInfo.InvariantCulture, $"adapter_up.{number}.{layer.Ups.Count}");
        graph.Input(name, OnnxDataType.Float32, $"adapter_width.{number}.{layer.Ups.Count}", $"adapter_rank.{number}");
        layer.Ups.Add((name, weight.Rows));
        return name;
    }

    private LowRankLayer Layer(string module, Weight weight, bool isUsedInParts)
    {
        if (!_layers.TryGetValue(module, out LowRankLayer? layer))
        {
            string down = string.Create(CultureInfo.InvariantCulture, $"adapter_down.{_written.Count}");
            (long outputs, long inputs) = weight.Transposed ? (weight.Shape[1], weight.Shape[0]) : (weight.Shape[0], weight.Shape[1]);
            graph.Input(down, OnnxDataType.Float32, $"adapter_rank.{_written.Count}", inputs);
            _layers.Add(module, layer = new LowRankLayer(module, down, inputs, outputs, isUsedInParts));
            _written.Add(layer);
        }

        return layer;
    }

    private string Multiply(string x, string matrix) => graph.MicrosoftNode("FusedMatMul", [x, graph.Narrowed(matrix)], new OnnxAttribute("transB", 1));
}
