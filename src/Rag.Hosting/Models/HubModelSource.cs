using Rag.Models.Hub;

namespace Rag.Hosting.Models;

/// <summary>Models from folders, the cache and the hub.</summary>
internal sealed class HubModelSource : IModelSource, IDisposable
{
    private readonly ModelHub _hub;
    private readonly HubReachability _reachability;
    private readonly SocketsHttpHandler? _ownHandler;
    private readonly IProgress<ModelDownloadProgress>? _progress;

    /// <summary>Reads the environment's hub settings.</summary>
    public HubModelSource(bool offline, RagComponents components)
    {
        ModelHubOptions options = ModelHubOptions.FromEnvironment();
        options.Offline |= offline;
        TimeProvider time = components.TimeProvider ?? TimeProvider.System;
        HttpMessageHandler handler = components.HubHandler ?? (_ownHandler = new SocketsHttpHandler { AllowAutoRedirect = false });
        _hub = new ModelHub(options, components.HubHandler, time);
        _reachability = new HubReachability(options.Endpoint, options.CacheDirectory, handler, time);
        _progress = components.DownloadProgress;
        Offline = options.Offline;
    }

    public bool Offline { get; }

    public string? FindLocal(string nameOrPath)
    {
        if (Directory.Exists(nameOrPath))
        {
            return Path.GetFullPath(nameOrPath);
        }

        return ModelReference.TryParse(nameOrPath, out ModelReference? reference) ? _hub.Find(reference)?.FolderPath : null;
    }

    public Task<string> ResolveAsync(string nameOrPath, CancellationToken cancellationToken) => _hub.ResolveAsync(nameOrPath, _progress, cancellationToken);

    public Task<bool> IsReachableAsync(CancellationToken cancellationToken) => _reachability.IsReachableAsync(cancellationToken);

    public void Dispose()
    {
        _hub.Dispose();
        _ownHandler?.Dispose();
    }
}
