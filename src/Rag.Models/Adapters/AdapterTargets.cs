namespace Rag.Models.Adapters;

/// <summary>
/// Which linear layers of a model adapters may change. A layer that may be changed costs a little in every step, also while no
/// adapter is in use; one that may not costs nothing. Immutable and thread-safe.
/// </summary>
public sealed class AdapterTargets
{
    private readonly HashSet<string>? _modules;

    private AdapterTargets(HashSet<string>? modules) => _modules = modules;

    /// <summary>No layer: the model takes no adapters. The default.</summary>
    public static AdapterTargets None { get; } = new([]);

    /// <summary>Every linear layer, so that adapters that are not known yet can be loaded later.</summary>
    public static AdapterTargets All { get; } = new(modules: null);

    /// <summary>The layers that some adapters change.</summary>
    /// <param name="adapterFolders">Folders with adapter_config.json and adapter_model.safetensors.</param>
    /// <exception cref="UnavailableException">A folder, or a file of it, is not there.</exception>
    /// <exception cref="UnsupportedException">An adapter is of a kind that is not supported.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static AdapterTargets Of(params IEnumerable<string> adapterFolders)
    {
        ArgumentNullException.ThrowIfNull(adapterFolders);
        HashSet<string> modules = new(StringComparer.Ordinal);
        foreach (string folder in adapterFolders)
        {
            using LowRankAdapter adapter = LowRankAdapter.Open(folder);
            modules.UnionWith(adapter.Modules.Keys);
        }

        return new AdapterTargets(modules);
    }

    /// <summary>Whether there is none.</summary>
    internal bool IsEmpty => _modules is { Count: 0 };

    internal bool Include(string module) => _modules is null || ModuleNames.Find(_modules, module) is not null;
}
