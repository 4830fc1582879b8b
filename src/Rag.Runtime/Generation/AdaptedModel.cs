using Rag.Models;
using Rag.Models.Adapters;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>A model with its adapters by name. Thread-safe.</summary>
internal sealed class AdaptedModel : IDisposable
{
    private readonly Dictionary<string, DecoderAdapter> _adapters = new(StringComparer.Ordinal);

    private AdaptedModel(OnnxDecoderModel model) => Model = model;

    public OnnxDecoderModel Model { get; }

    public IReadOnlyDictionary<string, DecoderAdapter> Adapters => _adapters;

    /// <summary>Loads a model and the adapters that the options name.</summary>
    public static AdaptedModel Load(ModelFolder folder, LocalModelOptions options, CancellationToken cancellationToken)
    {
        AdapterTargets targets = AdapterTargets.Of(options.Adapters.Values);
        AdaptedModel adapted = new(OnnxDecoderModel.Load(folder, options.Runtime, targets, options.PackingProgress, cancellationToken));
        try
        {
            foreach ((string name, string path) in options.Adapters)
            {
                adapted._adapters.Add(name, adapted.Model.LoadAdapter(path));
            }

            return adapted;
        }
        catch
        {
            adapted.Dispose();
            throw;
        }
    }

    public IDecoderSession CreateSession(string? adapter) => Model.CreateSession(adapter is null ? null : _adapters[adapter]);

    public void Dispose()
    {
        foreach (DecoderAdapter adapter in _adapters.Values)
        {
            adapter.Dispose();
        }

        Model.Dispose();
    }
}
