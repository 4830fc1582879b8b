using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Runtime.Sessions.Kernels;

namespace Rag.Runtime.Sessions;

/// <summary>
/// A decoder's weights, loaded once and shared by its sessions. Thread-safe. Disposing it while sessions are open lets
/// them finish: the weights go with the last of them.
/// </summary>
public sealed class OnnxDecoderModel : IDisposable
{
    private readonly SharedSession _shared;
    private readonly int _chunk;
    private readonly ModelFolder _folder;
    private readonly RuntimeOptions _options;

    private OnnxDecoderModel(ModelFolder folder, ModelGraph graph, SharedSession shared, RuntimeOptions options, KeyValueScales? scales)
    {
        NetworkDescription network = graph.Network;
        _folder = folder;
        _options = options;
        FolderPath = folder.FolderPath;
        Network = network;
        Layout = CacheLayout.Of(network);
        Rotary = new RotaryTables(network);
        _shared = shared;
        _shared.Own(Rotary);
        Scales = scales;
        if (scales is not null)
        {
            _shared.Own(scales);
        }

        Adaptable = graph.Adaptable;
        NoAdapter = LowRankValues.None(Adaptable);
        _shared.Own(NoAdapter);
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

    /// <summary>How rows of a session's cache lie when they are kept apart from it.</summary>
    internal CacheLayout Layout { get; }

    /// <summary>How the matrices are held: what the options asked for, with Auto resolved.</summary>
    public WeightPrecision Weights { get; private init; }

    /// <summary>A sentence that says how the matrices are held; null where that is single precision, as asked.</summary>
    public string? WeightsNotice { get; private init; }

    /// <summary>A sentence that says what timing the kernels found; null where they were not timed. See <see cref="RuntimeOptions.ProbeKernels"/>.</summary>
    public string? KernelsNotice { get; private init; }

    /// <summary>From how many tokens on a step of one runs in the graph for that, where there is one.</summary>
    internal int OneTokenFrom { get; private init; }

    /// <summary>How keys and values are kept.</summary>
    public KeyValuePrecision KeyValues => Scales is null ? KeyValuePrecision.Single : KeyValuePrecision.Int8;

    /// <summary>What keys and values in eight bits stand for; null where they are in single precision.</summary>
    internal KeyValueScales? Scales { get; }

    /// <summary>The layers that adapters may change.</summary>
    internal IReadOnlyList<LowRankLayer> Adaptable { get; }

    /// <summary>What sessions without an adapter have bound.</summary>
    internal LowRankValues NoAdapter { get; }

    /// <summary>Writes the graph of a model folder and loads it.</summary>
    /// <param name="folder">The folder; its weights stay where they are.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <param name="adapters">The layers that adapters may change, for <see cref="LoadAdapter"/>; null for none.</param>
    /// <param name="progress">Told while weights are packed, which <see cref="RuntimeOptions.Weights"/> may ask for; null for nobody.</param>
    /// <param name="cancellationToken">Ends the packing; nothing has been written then.</param>
    /// <exception cref="UnsupportedException">The family, or a setting of it, is not supported, or the model is not a decoder.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than config.json asks for.</exception>
    /// <exception cref="UnavailableException">Packed weights cannot be written to their cache.</exception>
    public static OnnxDecoderModel Load(
        ModelFolder folder,
        RuntimeOptions? options = null,
        AdapterTargets? adapters = null,
        IProgress<WeightPackingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new RuntimeOptions();
        options.Validate();
        if (options.KeyValues == KeyValuePrecision.Single)
        {
            return LoadAs(folder, options, null, adapters, progress, cancellationToken);
        }

        // Refused before anything is computed, where it cannot be had.
        RequireEightBits(folder);
        KeyValueScales scales;
        using (OnnxDecoderModel exact = LoadAs(folder, options.With(KeyValuePrecision.Single), null, null, progress, cancellationToken))
        {
            scales = KeyValueScales.Of(exact, cancellationToken);
        }

        try
        {
            return LoadAs(folder, options, scales, adapters, progress, cancellationToken);
        }
        catch
        {
            scales.Dispose();
            throw;
        }
    }

    private static void RequireEightBits(ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        if (network.Kind == NetworkKind.Decoder)
        {
            ModelGraph.WithEightBitCache(folder, network);
        }
    }

    private static OnnxDecoderModel LoadAs(
        ModelFolder folder, RuntimeOptions options, KeyValueScales? scales, AdapterTargets? adapters, IProgress<WeightPackingProgress>? progress, CancellationToken cancellationToken)
    {
        KernelChoice choice = Choose(folder, options);
        (ModelGraph graph, WeightPrecision precision, string? reason) = Write(folder, options, choice, adapters, progress, cancellationToken);
        graph = choice.OneTokenFrom == int.MaxValue ? graph with { Step = null } : graph;
        choice = graph.Step is null ? choice with { OneTokenFrom = int.MaxValue } : choice;
        return graph.Network.Kind == NetworkKind.Decoder
            ? new OnnxDecoderModel(folder, graph, SharedSession.Load(graph, options, folder.FolderPath), options, scales)
            {
                Weights = precision, WeightsNotice = reason ?? Notice(precision), KernelsNotice = choice.Notice, OneTokenFrom = choice.OneTokenFrom,
            }
            : throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is an encoder; it cannot generate text.", folder.FolderPath);
    }

    // Who left the choice to us gets an answer in f32 rather than none.
    private static (ModelGraph Graph, WeightPrecision Precision, string? Reason) Write(
        ModelFolder folder, RuntimeOptions options, KernelChoice choice, AdapterTargets? adapters, IProgress<WeightPackingProgress>? progress, CancellationToken cancellationToken)
    {
        WeightPrecision precision = options is { Weights: WeightPrecision.Auto, RoundActivations: true } ? choice.Weights : Resolve(options.Weights);
        try
        {
            return (ModelGraph.WritePacked(folder, new PackingOptions(precision, options.RoundActivations, options.CacheDirectory, IntegerKernels.Rounding.WeightSteps, options.KeyValues == KeyValuePrecision.Int8), adapters, progress, cancellationToken), precision, null);
        }
        catch (UnavailableException e) when (options.Weights == WeightPrecision.Auto)
        {
            return (ModelGraph.Write(folder, adapters, options.KeyValues == KeyValuePrecision.Int8), WeightPrecision.Single, $"The language model's weights run as f32, since they cannot be packed: {e.Message}");
        }
    }

    // Only what is left open is timed.
    private static KernelChoice Choose(ModelFolder folder, RuntimeOptions options)
    {
        if (!options.ProbeKernels || options.Weights is WeightPrecision.Single or WeightPrecision.Half)
        {
            return KernelChoice.Untimed;
        }

        using SafetensorsFolder weights = folder.OpenSource();
        NetworkDescription network = ArchitectureCatalog.Describe(folder, weights);
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        if (network.Kind != NetworkKind.Decoder || KernelShape.Of(network, threads, options.KernelTimer is not null) is not { } shape)
        {
            return KernelChoice.Untimed;
        }

        DeviceChoice.EnsureEnvironment();
        KernelChoiceCache cache = new(options.CacheDirectory);
        string key = KernelChoiceCache.KeyOf(shape);
        if (cache.Find(key) is { } known)
        {
            return known;
        }

        KernelChoice choice = KernelProbe.Run(shape, options.KernelTimer ?? new OnnxKernelTimer(TimeProvider.System));
        cache.Keep(key, choice);
        return choice;
    }

    /// <summary>What a precision means on the processor.</summary>
    internal static WeightPrecision Resolve(WeightPrecision asked) => asked switch
    {
        WeightPrecision.Auto => WeightPrecision.Int8,
        _ => asked,
    };

    private static string? Notice(WeightPrecision precision) => precision switch
    {
        WeightPrecision.Int8 => "The language model's weights run as int8.",
        WeightPrecision.Int4 => "The language model's weights run as int4.",
        WeightPrecision.Int8Rows => "The language model's weights run as int8, rounded by rows.",
        WeightPrecision.Half => "The language model's weights are held as f16 and computed in f32.",
        WeightPrecision.Stored => "The language model's weights run as they are stored.",
        _ => null,
    };

    /// <summary>Begins an empty sequence with a KV cache of its own; the caller disposes it.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public IDecoderSession CreateSession() => CreateSession(adapter: null);

    /// <summary>Begins an empty sequence that an adapter's weights are added for; the caller disposes it.</summary>
    /// <param name="adapter">One that <see cref="LoadAdapter"/> of this model gave; null for the model as it is. It may be disposed while the session lives.</param>
    /// <exception cref="ArgumentException">The adapter was loaded for another model.</exception>
    /// <exception cref="ObjectDisposedException">The model or the adapter was disposed.</exception>
    public IDecoderSession CreateSession(DecoderAdapter? adapter)
    {
        if (adapter is not null && !ReferenceEquals(adapter.Model, this))
        {
            throw new ArgumentException($"The adapter {adapter.FolderPath} was loaded for the model {adapter.Model.FolderPath}, another one than this, {FolderPath}.", nameof(adapter));
        }

        SharedSession.Lease lease = _shared.Acquire();
        try
        {
            return new OnnxDecoderSession(this, lease, _chunk, adapter?.Share() ?? NoAdapter.Share());
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Loads an adapter for this model, which must have been loaded for layers like those that the adapter changes. The model's
    /// weights are shared by all adapters; any number may be loaded and be in use at once.
    /// </summary>
    /// <param name="path">A folder of PEFT's with adapter_config.json and adapter_model.safetensors.</param>
    /// <exception cref="UnavailableException">The folder, or a file of it, is not there.</exception>
    /// <exception cref="UnsupportedException">The adapter is of a kind that is not supported, or changes something that cannot be changed here.</exception>
    /// <exception cref="IncompatibleException">The adapter does not fit the model, or the model was loaded without the layers that it changes.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public DecoderAdapter LoadAdapter(string path)
    {
        using LowRankAdapter adapter = LowRankAdapter.Open(path);
        return new DecoderAdapter(this, adapter.FolderPath, LowRankValues.Of(adapter, Adaptable, _folder));
    }

    /// <summary>What its sessions' keys and values depend on beside the tokens; reads all weights the first time.</summary>
    internal DecoderIdentity Identity(CancellationToken cancellationToken) => DecoderIdentity.Of(_folder, Weights, _options, Scales, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _shared.Dispose();
}
