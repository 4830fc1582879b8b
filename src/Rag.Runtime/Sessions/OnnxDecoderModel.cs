using Rag.Models;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Runtime.Sessions;

/// <summary>
/// A decoder's weights, loaded once and shared by its sessions. Thread-safe. Disposing it while sessions are open lets
/// them finish: the weights go with the last of them.
/// </summary>
public sealed class OnnxDecoderModel : IDisposable
{
    private readonly SharedSession _shared;
    private readonly int _chunk;

    private OnnxDecoderModel(ModelFolder folder, NetworkDescription network, SharedSession shared, RuntimeOptions options)
    {
        FolderPath = folder.FolderPath;
        Network = network;
        Rotary = new RotaryTables(network);
        _shared = shared;
        _shared.Own(Rotary);
        MaxPositions = Math.Min(network.MaxPositions, options.MaxPositions ?? int.MaxValue);
        _chunk = Math.Min(options.PrefillChunk, MaxPositions);
    }

    /// <summary>The folder that the model was loaded from.</summary>
    public string FolderPath { get; }

    /// <summary>The number of logits per token.</summary>
    public int VocabularySize => Network.VocabularySize;

    /// <summary>The most tokens that a sequence may have.</summary>
    public int MaxPositions { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _shared.DeviceNotice;

    internal NetworkDescription Network { get; }

    internal RotaryTables Rotary { get; }

    /// <summary>How the matrices are held: what the options asked for, with Auto resolved.</summary>
    public WeightPrecision Weights { get; private init; }

    /// <summary>A sentence that says how the matrices are held; null where that is single precision.</summary>
    public string? WeightsNotice => Weights switch
    {
        WeightPrecision.Int8 => "The language model's weights run as int8.",
        WeightPrecision.Int4 => "The language model's weights run as int4.",
        WeightPrecision.Stored => "The language model's weights run as they are stored.",
        _ => null,
    };

    /// <inheritdoc cref="Load(ModelFolder, RuntimeOptions?, IProgress{WeightPackingProgress}?, CancellationToken)"/>
    public static OnnxDecoderModel Load(ModelFolder folder, RuntimeOptions? options = null) => Load(folder, options, null, CancellationToken.None);

    /// <summary>Writes the graph of a model folder and loads it.</summary>
    /// <param name="folder">The folder; its weights stay where they are.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <param name="progress">Told while weights are packed, which <see cref="RuntimeOptions.Weights"/> may ask for; null for nobody.</param>
    /// <param name="cancellationToken">Ends the packing; nothing has been written then.</param>
    /// <exception cref="UnsupportedException">The family, or a setting of it, is not supported, or the model is not a decoder, or half precision was asked for.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than config.json asks for.</exception>
    /// <exception cref="UnavailableException">Packed weights cannot be written to their cache.</exception>
    public static OnnxDecoderModel Load(ModelFolder folder, RuntimeOptions? options, IProgress<WeightPackingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new RuntimeOptions();
        options.Validate();
        WeightPrecision precision = options.Weights switch
        {
            WeightPrecision.Auto => WeightPrecision.Int8,
            WeightPrecision.Half => throw new UnsupportedException(
                "Half precision needs a device whose kernels compute in it, and decoders run on the CPU, which has none; int8 is as large and as good as exact."),
            _ => options.Weights,
        };
        ModelGraph graph = ModelGraph.WritePacked(folder, new PackingOptions(precision, options.RoundActivations, options.CacheDirectory), progress, cancellationToken);
        return graph.Network.Kind == NetworkKind.Decoder
            ? new OnnxDecoderModel(folder, graph.Network, SharedSession.Load(graph, options, folder.FolderPath), options) { Weights = precision }
            : throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is an encoder; it cannot generate text.", folder.FolderPath);
    }

    /// <summary>Begins an empty sequence with a KV cache of its own; the caller disposes it.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public IDecoderSession CreateSession() => new OnnxDecoderSession(this, _shared, _chunk);

    /// <inheritdoc />
    public void Dispose() => _shared.Dispose();
}
