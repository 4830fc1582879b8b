using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>The one way from a network description to an ONNX graph, for every family.</summary>
internal sealed class GraphWriter
{
    private readonly OnnxGraphBuilder _graph = new();
    private readonly NetworkDescription _network;
    private readonly WeightWriter _weights;

    private GraphWriter(NetworkDescription network, SafetensorsFolder weights, BorrowedTensor? borrowed)
    {
        _network = network;
        _weights = new WeightWriter(_graph, weights, borrowed);
    }

    /// <summary>Writes the graph; its weights stay in the files of the folder.</summary>
    /// <param name="network">What to write.</param>
    /// <param name="weights">The folder.</param>
    /// <param name="borrowed">A tensor that another folder holds, which goes into the graph itself.</param>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than the network needs.</exception>
    public static ModelGraph Write(NetworkDescription network, SafetensorsFolder weights, BorrowedTensor? borrowed = null)
    {
        GraphWriter writer = new(network, weights, borrowed);
        writer.WriteNetwork();
        return new ModelGraph(network, writer._graph.ToModel("network"), WeightsFolder(writer._weights.Files, weights.FolderPath));
    }

    private void WriteNetwork()
    {
        string ids = _graph.Input(GraphNames.InputIds, OnnxDataType.Int64, "batch", "sequence");
        IAttentionWriter attention = _network.Kind == NetworkKind.Decoder
            ? new CachedAttentionWriter(_graph, _weights, _network)
            : new EncoderAttentionWriter(_graph, _weights);
        string? types = _network.Kind == NetworkKind.SpanReader
            ? _graph.Input(GraphNames.TokenTypeIds, OnnxDataType.Int64, "batch", "sequence")
            : null;
        ResidualWriter residual = new(_graph, _weights, new EmbeddingWriter(_graph, _weights).Write(_network.Embedding, ids, types));
        for (int i = 0; i < _network.Layers.Count; i++)
        {
            WriteLayer(_network.Layers[i], i, residual, attention);
        }

        string last = _network.FinalNorm is null ? residual.Sum() : residual.Normalized(_network.FinalNorm);
        if (_network.Head is null)
        {
            Rename(last, GraphNames.LastHiddenState);
            _graph.Output(GraphNames.LastHiddenState, OnnxDataType.Float32, "batch", "sequence", _network.HiddenSize);
        }
        else if (_network.Kind == NetworkKind.SpanReader)
        {
            string logits = _weights.Linear(last, _network.Head);
            WriteSpanLogits(logits, 0, GraphNames.StartLogits);
            WriteSpanLogits(logits, 1, GraphNames.EndLogits);
        }
        else
        {
            string rows = _graph.Input(GraphNames.LogitRows, OnnxDataType.Int64, "rows");
            string chosen = _graph.Node("Gather", [last, rows], new OnnxAttribute("axis", 1));
            Rename(_weights.Linear(chosen, _network.Head), GraphNames.Logits);
            _graph.Output(GraphNames.Logits, OnnxDataType.Float32, "batch", "rows", _network.VocabularySize);
        }
    }

    private void WriteSpanLogits(string logits, long row, string name)
    {
        Rename(_graph.Node("Gather", [logits, _graph.Constant([row])], new OnnxAttribute("axis", 2)), name);
        _graph.Output(name, OnnxDataType.Float32, "batch", "sequence");
    }

    private void WriteLayer(LayerDescription layer, int index, ResidualWriter residual, IAttentionWriter attention)
    {
        MlpWriter mlp = new(_graph, _weights);
        if (layer.Residual == ResidualForm.PreNorm)
        {
            residual.Add(attention.Write(layer.Attention, index, residual.Normalized(layer.AttentionNorm)), layer.Attention.Output);
            residual.Add(mlp.Write(layer.Mlp, residual.Normalized(layer.MlpNorm)), layer.Mlp.Down);
        }
        else
        {
            residual.Add(attention.Write(layer.Attention, index, residual.Sum()), layer.Attention.Output);
            residual.Add(mlp.Write(layer.Mlp, residual.NormalizeInPlace(layer.AttentionNorm)), layer.Mlp.Down);
            residual.NormalizeInPlace(layer.MlpNorm);
        }
    }

    private void Rename(string value, string name) => _graph.AddNode(name, "Identity", string.Empty, [value], [name]);

    // External data is named relative to one folder.
    private static string WeightsFolder(IReadOnlyCollection<string> files, string folder)
    {
        string[] folders = [.. files.Select(f => Path.GetDirectoryName(f)!).Distinct(StringComparer.Ordinal)];
        return folders.Length == 1 ? folders[0] : throw new UnsupportedException($"The model folder {folder} mixes files and links to another folder; keep the weights in one.", folder);
    }
}
