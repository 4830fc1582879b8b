namespace Rag.Models.Hub;

/// <summary>
/// Gets models by name from a Hugging Face hub and keeps them. A model that is whole in the cache is used without asking
/// anybody; <see cref="DownloadAsync"/> asks for the newest. Safe for concurrent use, also by several processes.
/// </summary>
public sealed class ModelHub : IDisposable
{
    private readonly ModelHubOptions _options;
    private readonly HttpMessageHandler? _handler;
    private readonly TimeProvider _time;
    private readonly ModelCache _cache;
    private readonly HubClient _client;

    /// <summary>Creates a hub.</summary>
    /// <param name="options">Where and how; by default what the environment says.</param>
    /// <param name="handler">Sends the requests, not disposed here; by default sockets. Redirects are followed here: it should not.</param>
    /// <param name="timeProvider">Measures timeouts and waits; the system's by default.</param>
    public ModelHub(ModelHubOptions? options = null, HttpMessageHandler? handler = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? ModelHubOptions.FromEnvironment();
        _options.Validate();
        _handler = handler;
        _time = timeProvider ?? TimeProvider.System;
        _cache = new ModelCache(Path.GetFullPath(_options.CacheDirectory));
        _client = new HubClient(_options, _handler, _time);
    }

    /// <summary>The folder of a model: of the path given, of the cache, else downloaded.</summary>
    /// <param name="nameOrPath">A folder, or "org/name" or "org/name@revision".</param>
    /// <param name="progress">Told what arrives.</param>
    /// <param name="cancellationToken">Stops it; what is here is kept for the next time.</param>
    /// <returns>The full path of a folder that holds the model whole.</returns>
    /// <exception cref="UnavailableException">There is no such folder or model, or it cannot be reached; the sentence says what was tried.</exception>
    /// <exception cref="UnsupportedException">The repository holds no model in the form read here.</exception>
    /// <exception cref="CorruptException">The hub sends something other than it lists.</exception>
    /// <exception cref="LimitExceededException">The model is larger than <see cref="ModelHubOptions.MaxModelBytes"/>.</exception>
    public async Task<string> ResolveAsync(string nameOrPath, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        cancellationToken.ThrowIfCancellationRequested();
        if (Directory.Exists(nameOrPath))
        {
            return Path.GetFullPath(nameOrPath);
        }

        if (!ModelReference.TryParse(nameOrPath, out ModelReference? reference))
        {
            throw new UnavailableException(
                $"'{HubPath.Shown(nameOrPath)}' is neither a folder that exists nor a model's name such as 'org/name' or 'org/name@revision'.", nameOrPath);
        }

        return (Find(reference) ?? await DownloadAsync(reference, progress, cancellationToken).ConfigureAwait(false)).FolderPath;
    }

    /// <summary>The model in the cache, where it is whole; never asks the hub.</summary>
    public CachedModel? Find(ModelReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return OnDisk(() => _cache.Find(reference));
    }

    /// <summary>Every model that is whole in the cache.</summary>
    public IReadOnlyList<CachedModel> List() => OnDisk(() => _cache.List().ToList());

    /// <summary>Removes every commit of a repository from the cache.</summary>
    /// <returns>Whether there was anything.</returns>
    public async Task<bool> DeleteAsync(ModelReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        using ModelLock held = await LockAsync(reference, cancellationToken).ConfigureAwait(false);
        return OnDisk(() => _cache.Delete(reference.Repository));
    }

    /// <summary>Asks the hub what the reference means now, and downloads what of it is not here.</summary>
    public async Task<CachedModel> DownloadAsync(ModelReference reference, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (!ModelReference.TryParse(reference.ToString(), out _))
        {
            throw new ArgumentException($"'{HubPath.Shown(reference.ToString())}' is not a model's name.", nameof(reference));
        }

        if (_options.Offline)
        {
            throw new UnavailableException(
                $"The model {reference} is not in {_options.CacheDirectory}, and downloads are off (HF_HUB_OFFLINE); go online once, or give a folder.", reference.ToString());
        }

        using ModelLock held = await LockAsync(reference, cancellationToken).ConfigureAwait(false);
        ModelDownload download = new(_client, _options, _time, _cache, reference, progress);
        return await download.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private Task<ModelLock> LockAsync(ModelReference reference, CancellationToken cancellationToken) =>
        ModelLock.AcquireAsync(_cache.LockPath(reference.Repository), _options.LockTimeout, _time, cancellationToken);

    private T OnDisk<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The model cache {_options.CacheDirectory} cannot be used: {exception.Message}", _options.CacheDirectory, exception);
        }
    }
}
