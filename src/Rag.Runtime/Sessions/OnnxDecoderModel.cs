using Microsoft.ML.OnnxRuntime.Tensors;
using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Networks;
using Rag.Models.Packing;
using Rag.Runtime.Sessions.Memory;

namespace Rag.Runtime.Sessions;

/// <summary>
/// A decoder's weights, loaded once and shared by its sessions. Thread-safe. Disposing it while sessions are open lets
/// them finish: the weights go with the last of them.
/// </summary>
public sealed class OnnxDecoderModel : IDisposable
{
    private readonly SharedSession _shared;
    private readonly ModelFolder _folder;

    private OnnxDecoderModel(ModelFolder folder, LoadedDecoder loaded, RuntimeOptions options, KeyValueScales? scales = null)
    {
        NetworkDescription network = loaded.Graph.Network;
        _folder = folder;
        Options = options.With(loaded.Kernels);
        FolderPath = folder.FolderPath;
        Network = network;
        Layout = CacheLayout.Of(network);
        Memory = loaded.Memory;
        Rotary = new RotaryTables(network, Memory);
        _shared = loaded.Shared;
        _shared.Own(Rotary);
        Scales = scales;
        if (scales is not null)
        {
            _shared.Own(scales);
        }

        Adaptable = loaded.Graph.Adaptable;
        NoAdapter = LowRankValues.None(Adaptable, Memory);
        _shared.Own(NoAdapter);
        MaxPositions = Math.Min(network.MaxPositions, options.MaxPositions ?? int.MaxValue);
        PrefillChunk = Math.Min(Options.PrefillChunk, MaxPositions);
        (Weights, WeightsNotice) = (loaded.Weights, loaded.WeightsNotice);
        (KernelsNotice, OneTokenFrom) = (string.Join(' ', new[] { loaded.Kernels.Notice, loaded.RowsNotice }.OfType<string>()) is { Length: > 0 } notice ? notice : null, loaded.Kernels.OneTokenFrom);
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

    /// <summary>Where its sessions keep what they compute.</summary>
    internal IDecoderMemory Memory { get; }

    internal RotaryTables Rotary { get; }

    /// <summary>How rows of a session's cache lie when they are kept apart from it.</summary>
    internal CacheLayout Layout { get; }

    /// <summary>How the matrices are held: what the options asked for, with Auto resolved.</summary>
    public WeightPrecision Weights { get; }

    /// <summary>Whether what goes into products is rounded to eight bits, which makes a visible difference of the least one.</summary>
    internal bool RoundsActivations => Options.RoundActivations && Weights is not (WeightPrecision.Single or WeightPrecision.Half);

    /// <summary>A sentence that says how the matrices are held; null where that is single precision, as asked.</summary>
    public string? WeightsNotice { get; }

    /// <summary>Sentences that say what timing the kernels found, and why <see cref="WeightPrecision.Auto"/> is what it is; null where they were not timed. See <see cref="RuntimeOptions.ProbeKernels"/>.</summary>
    public string? KernelsNotice { get; }

    /// <summary>How it runs, with the threads and the pieces that were left open.</summary>
    internal RuntimeOptions Options { get; }

    /// <summary>The most tokens of one step of a prefill.</summary>
    internal int PrefillChunk { get; }

    /// <summary>From how many tokens on a step of one runs in the graph for that, where there is one.</summary>
    internal int OneTokenFrom { get; }

    /// <summary>How keys and values are kept.</summary>
    public KeyValuePrecision KeyValues => Scales is null ? KeyValuePrecision.Single : KeyValuePrecision.Int8;

    /// <summary>What keys and values in eight bits stand for; null where they are not in eight bits.</summary>
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
        DecoderLoader loader = new(folder, options, adapters, progress);
        if (loader.TryLoadOnCuda(out string? reason, cancellationToken) is { } loaded)
        {
            OnnxDecoderModel model = new(folder, loaded, options);
            if (model.TryStep(out reason))
            {
                return model;
            }

            model.Dispose();
        }

        if (options.KeyValues == KeyValuePrecision.Single)
        {
            return new OnnxDecoderModel(folder, loader.Load(reason, cancellationToken), options);
        }

        // Refused before anything is computed, where it cannot be had.
        loader.RequireEightBits();
        RuntimeOptions single = options.With(KeyValuePrecision.Single);
        KeyValueScales scales;
        using (OnnxDecoderModel exact = new(folder, new DecoderLoader(folder, single, null, progress).Load(reason, cancellationToken), single))
        {
            scales = KeyValueScales.Of(exact, cancellationToken);
        }

        try
        {
            return new OnnxDecoderModel(folder, loader.Load(reason, cancellationToken), options, scales);
        }
        catch
        {
            scales.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model folder as for a device, on the processor: for tests.</summary>
    internal static OnnxDecoderModel LoadAsDevice(ModelFolder folder, RuntimeOptions options, AdapterTargets? adapters = null) =>
        new(folder, new DecoderLoader(folder, options, adapters, progress: null).LoadAsDevice(CancellationToken.None), options);

    /// <summary>What a precision means where nothing faster was found.</summary>
    internal static WeightPrecision Resolve(WeightPrecision asked) => asked switch
    {
        WeightPrecision.Auto => WeightPrecision.Int8,
        _ => asked,
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
            return new OnnxDecoderSession(this, lease, PrefillChunk, adapter?.Share() ?? NoAdapter.Share());
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
        return new DecoderAdapter(this, adapter.FolderPath, LowRankValues.Of(adapter, Adaptable, _folder, Memory));
    }

    /// <summary>What its sessions' keys and values depend on beside the tokens; reads all weights the first time.</summary>
    internal DecoderIdentity Identity(CancellationToken cancellationToken)
    {
        DecoderIdentity identity = DecoderIdentity.Of(_folder, Weights, Options, Scales, cancellationToken);
        return Memory.Floats == TensorElementType.Float ? identity : identity with { Arithmetic = identity.Arithmetic + ", in half precision" };
    }

    /// <inheritdoc />
    public void Dispose() => _shared.Dispose();

    // What a device's kernels refuse shows at the first step alone.
    private bool TryStep(out string? reason)
    {
        try
        {
            using IDecoderSession session = CreateSession();
            session.Append([0]);
            reason = null;
            return true;
        }
        catch (RagException e)
        {
            reason = e.Message;
            return false;
        }
    }
}
