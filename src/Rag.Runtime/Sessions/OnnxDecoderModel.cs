using Rag.Models;
using Rag.Models.Adapters;
using Rag.Models.Graphs;
using Rag.Models.Networks;

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

    private OnnxDecoderModel(ModelFolder folder, ModelGraph graph, SharedSession shared, RuntimeOptions options)
    {
        NetworkDescription network = graph.Network;
        _folder = folder;
        FolderPath = folder.FolderPath;
        Network = network;
        Rotary = new RotaryTables(network);
        _shared = shared;
        _shared.Own(Rotary);
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

    /// <summary>The layers that adapters may change.</summary>
    internal IReadOnlyList<LowRankLayer> Adaptable { get; }

    /// <summary>What sessions without an adapter have bound.</summary>
    internal LowRankValues NoAdapter { get; }

    /// <summary>Writes the graph of a model folder and loads it.</summary>
    /// <param name="folder">The folder; its weights stay where they are.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <param name="adapters">The layers that adapters may change, for <see cref="LoadAdapter"/>; null for none.</param>
    /// <exception cref="UnsupportedException">The family, or a setting of it, is not supported, or the model is not a decoder.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing or has another shape than config.json asks for.</exception>
    public static OnnxDecoderModel Load(ModelFolder folder, RuntimeOptions? options = null, AdapterTargets? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new RuntimeOptions();
        options.Validate();
        ModelGraph graph = ModelGraph.Write(folder, adapters);
        return graph.Network.Kind == NetworkKind.Decoder
            ? new OnnxDecoderModel(folder, graph, SharedSession.Load(graph, options, folder.FolderPath), options)
            : throw new UnsupportedException($"The model {folder.FolderPath} ({folder.ModelType}) is an encoder; it cannot generate text.", folder.FolderPath);
    }

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

        return new OnnxDecoderSession(this, _shared, _chunk, adapter);
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

    /// <inheritdoc />
    public void Dispose() => _shared.Dispose();
}
