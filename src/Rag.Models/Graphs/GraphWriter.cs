using Rag.Models.Adapters;
using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Models.Graphs;

/// <summary>The one way from a network description to an ONNX graph, for every family.</summary>
internal sealed class GraphWriter
{
    private readonly OnnxGraphBuilder _graph = new();
    private readonly NetworkDescription _network;
    private readonly WeightWriter _weights;
    private readonly bool _oneToken;

    private GraphWriter(
        NetworkDescription network, SafetensorsFolder weights, BorrowedTensor? borrowed, IMatrixPacking? packing, AdapterTargets? adapters, bool half = false, bool oneToken = false)
    {
        _graph.Floats = half ? OnnxDataType.Float16 : OnnxDataType.Float32;
        _network = network;
        _oneToken = oneToken;
        _weights = new WeightWriter(_graph, weights, borrowed, network.Storage, packing, network.Rounding)
        {
            LowRank = adapters is null or { IsEmpty: true } ? null : new LowRankWriter(_graph, adapters, network),
        };
    }

    /// <summary>Writes the graph; its weights stay in the files of the folder.</summary>
    /// <param name="network">What to write.</param>
    /// <param name="weights">The folder.</param>
    /// <param name="borrowed">A tensor that another folder holds, which goes into the graph itself.</param>
    /// <param name="packing">Which matrices are packed; null for none.</param>
    /// <param name="adapters">The layers of a decoder that adapters may change; null for none.</param>
    /// <param name="half">
    /// Whether a decoder's products, attention and cache are in half precision, as CUDA's kernels want them. What half precision would turn or
    /// overflow stays in single precision: the sum of the blocks, its norms, routers, recurrent states, scaled logits.
    /// </param>
    /// <param name="oneToken">Whether a step is one token of one sequence; see <see cref="StepAttentionWriter"/>.</param>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than the network needs.</exception>
    public static ModelGraph Write(
        NetworkDescription network, SafetensorsFolder weights, BorrowedTensor? borrowed = null, IMatrixPacking? packing = null, AdapterTargets? adapters = null, bool half = false,
        bool oneToken = false)
    {
        GraphWriter writer = new(network, weights, borrowed, packing, adapters, half, oneToken);
        writer.WriteNetwork();
        return new ModelGraph(network, writer._graph.ToModel("network"), WeightsFolder(writer._weights.Files, weights.FolderPath))
        {
            Adaptable = writer._weights.LowRank?.Layers ?? [],
            Shared = writer._weights.Shared,
            DeclaredBytes = writer._graph.Externals.Sum(tensor => tensor.Length),
        };
    }

    /// <summary>The stored tensors that a graph declares beside packed matrices, which it is told of while it is written for show.</summary>
    /// <inheritdoc cref="Write"/>
    public static IReadOnlyList<TensorInfo> Declared(NetworkDescription network, SafetensorsFolder weights, IMatrixPacking packing)
    {
        GraphWriter writer = new(network, weights, null, packing, null);
        writer.WriteNetwork();
        return writer._graph.Externals;
    }

    private void WriteNetwork()
    {
        PatchDescription? patches = _network.Embedding.Patches;
        string ids = patches is null ? _graph.Input(GraphNames.InputIds, OnnxDataType.Int64, "batch", "sequence") : string.Empty;
        DecoderInputs? inputs = _network.Kind == NetworkKind.Decoder ? new DecoderInputs(_graph, _network, ids, _oneToken) : null;
        EncoderInputs? encoder = inputs is null ? new EncoderInputs(_graph, _network, ids) : null;
        IMixerWriter mixer = inputs is null ? new EncoderAttentionWriter(_graph, _weights, encoder!) : new MixerWriter(_graph, _weights, inputs);
        string? types = _network.TakesTokenTypes
            ? _graph.Input(GraphNames.TokenTypeIds, OnnxDataType.Int64, "batch", "sequence")
            : null;
        string? positions = _network.Embedding switch
        {
            { Positions: null } => null,
            { FirstPosition: { } first } when encoder is not null => encoder.CountedPositions(first),
            _ => inputs?.PositionIds,
        };
        ResidualWriter residual = new(_graph, _weights, Embedded(patches, ids, types, positions));
        for (int i = 0; i < _network.Layers.Count; i++)
        {
            WriteLayer(_network.Layers[i], i, residual, mixer);
        }

        string last = residual.Normalized(_network.FinalNorm);
        if (_network.EncoderHead is { } head)
        {
            Rename(new HeadWriter(_graph, _weights).Write(head, last, ids, GraphNames.AttentionMask), GraphNames.HeadOutput);
            _graph.Output(GraphNames.HeadOutput, OnnxDataType.Float32, head.PerToken ? ["batch", "sequence", head.Width] : ["batch", head.Width]);
        }
        else if (_network.Head is null)
        {
            Rename(last, GraphNames.LastHiddenState);
            _graph.Output(GraphNames.LastHiddenState, OnnxDataType.Float32, "batch", patches is null ? "sequence" : _network.MaxPositions, _network.HiddenSize);
        }
        else
        {
            string rows = _graph.Input(GraphNames.LogitRows, OnnxDataType.Int64, "rows");
            _weights.BeginRows();
            string chosen = _graph.Node("Gather", [last, rows], new OnnxAttribute("axis", 1));
            Rename(Scaled(_graph.Widened(_weights.Linear(chosen, _network.Head))), GraphNames.Logits);
            _graph.Output(GraphNames.Logits, OnnxDataType.Float32, "batch", "rows", _network.VocabularySize);
        }
    }

    private string Embedded(PatchDescription? patches, string ids, string? types, string? positions)
    {
        using FloatScope exact = _graph.InSingle();
        return patches is null
            ? new EmbeddingWriter(_graph, _weights).Write(_network.Embedding, ids, types, positions)
            : new PatchWriter(_graph, _weights).Write(
                _network.Embedding, patches, _graph.Input(GraphNames.PixelValues, OnnxDataType.Float32, "batch", patches.Channels, patches.ImageSize, patches.ImageSize));
    }

    private string Scaled(string logits)
    {
        using FloatScope exact = _graph.InSingle();
        logits = Multiplied(logits, _network.LogitMultiplier);
        if (_network.LogitSoftCap == 0)
        {
            return logits;
        }

        string cap = _graph.Constant([_network.LogitSoftCap]);
        return _graph.Node("Mul", [_graph.Node("Tanh", [_graph.Node("Div", [logits, cap])]), cap]);
    }

    private void WriteLayer(LayerDescription layer, int index, ResidualWriter residual, IMixerWriter mixer)
    {
        FeedForwardWriter mlp = new(_graph, _weights);
        BlockOutput Mixed(MixerDescription mixed, string x) => new(mixer.Write(mixed, index, Multiplied(x, mixed.InputMultiplier)), mixed.Output);
        void AddMixed(string x)
        {
            residual.Add(Mixed(layer.Mixer, x), layer.MixerOutputNorm, layer.ResidualMultiplier * layer.Mixer.OutputMultiplier);
            if (layer.SecondMixer is { } second)
            {
                residual.Add(Mixed(second, x), layer.MixerOutputNorm, layer.ResidualMultiplier * second.OutputMultiplier);
            }
        }

        void AddMlp(Func<string> x)
        {
            if (layer.Mlp is not null)
            {
                residual.Add(mlp.Write(layer.Mlp, x()), layer.MlpOutputNorm, layer.ResidualMultiplier * layer.Mlp.OutputMultiplier);
            }
        }

        switch (layer.Residual)
        {
            case ResidualForm.PreNorm:
                AddMixed(residual.Normalized(layer.MixerNorm));
                AddMlp(() => residual.Normalized(layer.MlpNorm));
                break;
            case ResidualForm.Parallel:
                string first = residual.Normalized(layer.MixerNorm);
                string second = layer.MlpNorm is null ? first : residual.Normalized(layer.MlpNorm);
                AddMixed(first);
                AddMlp(() => second);
                break;
            case ResidualForm.PostNorm:
                residual.Add(Mixed(layer.Mixer, _graph.Narrowed(residual.Sum())));
                residual.Add(mlp.Write(layer.Mlp!, residual.NormalizeInPlace(layer.MixerNorm!)));
                residual.NormalizeInPlace(layer.MlpNorm!);
                break;
        }
    }

    private string Multiplied(string x, float factor) => factor == 1 ? x : _graph.Node("Mul", [x, _graph.Constant([factor])]);

    private void Rename(string value, string name) => _graph.AddNode(name, "Identity", string.Empty, [value], [name]);

    // External data is named relative to one folder.
    private static string WeightsFolder(IReadOnlyCollection<string> files, string folder)
    {
        string[] folders = [.. files.Select(f => Path.GetDirectoryName(f)!).Distinct(StringComparer.Ordinal)];
        return folders.Length == 1 ? folders[0] : throw new UnsupportedException($"The model folder {folder} mixes files and links to another folder; keep the weights in one.", folder);
    }
}
