using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;

namespace Rag.Models.Hub;

/// <summary>Downloads one model, with its lock held: list, choose, fetch each file, mark as whole.</summary>
internal sealed class ModelDownload
{
    private const long ProgressStep = 1 << 18;

    private readonly HubClient _client;
    private readonly ModelHubOptions _options;
    private readonly TimeProvider _time;
    private readonly ModelCache _cache;
    private readonly ModelReference _reference;
    private readonly IProgress<ModelDownloadProgress>? _progress;
    private readonly List<SnapshotRecord.Entry> _done = [];
    private long _doneBytes;
    private long _totalBytes;
    private long _reported;
    private string? _reportedFile;

    public ModelDownload(
        HubClient client, ModelHubOptions options, TimeProvider time, ModelCache cache, ModelReference reference, IProgress<ModelDownloadProgress>? progress)
    {
        _client = client;
        _options = options;
        _time = time;
        _cache = cache;
        _reference = reference;
        _progress = progress;
    }

    public async Task<CachedModel> RunAsync(CancellationToken cancellationToken)
    {
        HubListing listing = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (_cache.Find(_reference.Repository, listing.Commit) is { } whole)
        {
            // The reference has moved to a commit that is here, or another process was first.
            _cache.Finish(_reference, new SnapshotRecord(whole.Repository, whole.Commit, Entries(whole)));
            return whole;
        }

        IReadOnlyList<HubFile> files = HubFileSelection.Select(listing, _reference.ToString());
        await FetchAllAsync(listing, files, cancellationToken).ConfigureAwait(false);
        if (files.Any(file => file.Path == HubFileSelection.WeightsIndex))
        {
            await FetchAllAsync(listing, HubFileSelection.Shards(listing, ReadIndex(listing), _reference.ToString()), cancellationToken).ConfigureAwait(false);
        }

        try
        {
            _cache.Finish(_reference, new SnapshotRecord(_reference.Repository, listing.Commit, _done));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The model cache {_options.CacheDirectory} cannot be written: {exception.Message}", _options.CacheDirectory, exception);
        }

        return new CachedModel(_reference.Repository, listing.Commit, _cache.SnapshotFolder(_reference.Repository, listing.Commit), _doneBytes);
    }

    private async Task<HubListing> ListAsync(CancellationToken cancellationToken)
    {
        Uri address = _client.Address($"api/models/{_reference.Repository}/revision/{Uri.EscapeDataString(_reference.Revision)}?blobs=true");
        string shown = HubClient.Shown(address);
        Backoff backoff = new(_options, _time);
        while (true)
        {
            TimeSpan? asked = null;
            string reason;
            Exception? cause = null;
            try
            {
                using HttpResponseMessage response = await _client.GetAsync(address, null, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return HubListing.Parse(await ReadListingAsync(response, shown, cancellationToken).ConfigureAwait(false), shown);
                }

                HubErrors.ThrowUnlessTransient(response, address, _options, $"The model {_reference}");
                asked = _client.RetryAfter(response);
                reason = HubErrors.Describe(response);
            }
            catch (Exception exception) when (exception is HttpRequestException or TimeoutException or IOException)
            {
                reason = exception.Message;
                cause = exception;
            }

            backoff.Failed(gained: false);
            if (backoff.Exhausted || IsUnreachable(cause))
            {
                throw new UnavailableException(
                    $"The model {_reference} is not in {_options.CacheDirectory} and could not be downloaded: {shown} was tried ({reason.TrimEnd('.')}); connect to the network, set HF_ENDPOINT to a hub that can be reached, or give a folder.",
                    shown,
                    cause);
            }

            await backoff.WaitAsync(asked, cancellationToken).ConfigureAwait(false);
        }
    }

    // No hub at all: trying again would only keep a person waiting.
    private static bool IsUnreachable(Exception? cause) =>
        cause is TimeoutException || cause?.InnerException is SocketException
        || cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError };

    private async Task<byte[]> ReadListingAsync(HttpResponseMessage response, string shown, CancellationToken cancellationToken)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        ArrayBufferWriter<byte> content = new(1 << 14);
        int read;
        while ((read = await _client.ReadAsync(body, content.GetMemory(1 << 14), cancellationToken).ConfigureAwait(false)) > 0)
        {
            content.Advance(read);
            if (content.WrittenCount > _options.MaxListingBytes)
            {
                throw new LimitExceededException(nameof(ModelHubOptions.MaxListingBytes), _options.MaxListingBytes, content.WrittenCount, shown);
            }
        }

        return content.WrittenSpan.ToArray();
    }

    private async Task FetchAllAsync(HubListing listing, IReadOnlyList<HubFile> files, CancellationToken cancellationToken)
    {
        _totalBytes += files.Sum(file => file.Size ?? 0);
        if (_totalBytes > _options.MaxModelBytes)
        {
            throw new LimitExceededException(nameof(ModelHubOptions.MaxModelBytes), _options.MaxModelBytes, _totalBytes, _reference.ToString());
        }

        ThrowUnlessRoom();
        foreach (HubFile file in files)
        {
            await FetchAsync(listing, file, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FetchAsync(HubListing listing, HubFile file, CancellationToken cancellationToken)
    {
        string path = HubPath.Below(_cache.SnapshotFolder(_reference.Repository, listing.Commit), file.Path);
        FileInfo here = new(path);
        long size = here.Exists && here.Length == file.Size
            ? here.Length // Final names are given to checked content only.
            : await DownloadAsync(listing, file, path, cancellationToken).ConfigureAwait(false);
        _doneBytes += size;
        _done.Add(new SnapshotRecord.Entry(file.Path, size, file.Sha256, file.GitSha1));
    }

    private Task<long> DownloadAsync(HubListing listing, HubFile file, string path, CancellationToken cancellationToken)
    {
        string revision = listing.HasCommit ? listing.Commit : _reference.Revision;
        string escaped = string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
        Uri address = _client.Address($"{_reference.Repository}/resolve/{Uri.EscapeDataString(revision)}/{escaped}");
        string partial = file.Sha256 ?? file.GitSha1 ?? $"{listing.Commit}-{file.Path.Replace('/', '_')}";
        FileDownload download = new(_client, _options, _time, file, address, (bytes, total) => Report(file.Path, bytes, total));
        return download.RunAsync(path, _cache.PartialFolder(_reference.Repository), partial, _options.MaxModelBytes - _doneBytes, cancellationToken);
    }

    private void Report(string file, long bytes, long total)
    {
        long sum = _doneBytes + bytes;
        if (_progress is not null && (file != _reportedFile || bytes == total || Math.Abs(sum - _reported) >= ProgressStep))
        {
            _reported = sum;
            _reportedFile = file;
            _progress.Report(new ModelDownloadProgress(_reference.ToString(), file, bytes, total, sum, Math.Max(_totalBytes, sum)));
        }
    }

    private IEnumerable<string> ReadIndex(HubListing listing)
    {
        string path = HubPath.Below(_cache.SnapshotFolder(_reference.Repository, listing.Commit), HubFileSelection.WeightsIndex);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 16 });
            return [.. document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString() ?? string.Empty)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CorruptException($"{HubFileSelection.WeightsIndex} of {_reference} has no weight_map of names: {exception.Message}", path, innerException: exception);
        }
    }

    private static List<SnapshotRecord.Entry> Entries(CachedModel model) =>
        SnapshotRecord.Read(File.ReadAllBytes(model.FolderPath + ".json")) is { } record ? [.. record.Files] : [];

    private void ThrowUnlessRoom()
    {
        long free;
        try
        {
            Directory.CreateDirectory(_options.CacheDirectory);
            free = new DriveInfo(Path.GetFullPath(_options.CacheDirectory)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or DriveNotFoundException)
        {
            // A drive that cannot be asked is no reason to refuse; writing to it will tell.
            return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The model cache {_options.CacheDirectory} cannot be written: {exception.Message}", _options.CacheDirectory, exception);
        }

        if (free < _totalBytes - _doneBytes)
        {
            throw new UnavailableException(
                FormattableString.Invariant($"The model {_reference} needs {_totalBytes - _doneBytes:N0} bytes, but {_options.CacheDirectory} has {free:N0} free; make room or set HF_HOME to another disk."),
                _options.CacheDirectory);
        }
    }
}
