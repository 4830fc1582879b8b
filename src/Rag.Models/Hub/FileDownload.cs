using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Rag.Models.Hub;

/// <summary>
/// Fetches one file: continues what an earlier run left, tries again after cuts and stalls, and gives the file its final
/// name only once size and hash are those that the hub listed.
/// </summary>
internal sealed class FileDownload
{
    private const int BufferSize = 1 << 16;

    private readonly HubClient _client;
    private readonly ModelHubOptions _options;
    private readonly TimeProvider _time;
    private readonly HubFile _file;
    private readonly Uri _address;
    private readonly Action<long, long> _progress;

    /// <param name="client">Sends the requests.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Measures waits.</param>
    /// <param name="file">What to fetch.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="progress">Told bytes here and bytes in all (-1 where unknown).</param>
    public FileDownload(HubClient client, ModelHubOptions options, TimeProvider time, HubFile file, Uri address, Action<long, long> progress)
    {
        _client = client;
        _options = options;
        _time = time;
        _file = file;
        _address = address;
        _progress = progress;
    }

    /// <summary>Fetches the file to <paramref name="path"/>.</summary>
    /// <param name="path">Its final name.</param>
    /// <param name="partialFolder">Where the unfinished download lives.</param>
    /// <param name="partialName">Its name there, made of the content's hash.</param>
    /// <param name="maxBytes">The most bytes that the file may have.</param>
    /// <param name="cancellationToken">Stops it; what is here is kept for the next time.</param>
    /// <returns>The file's size.</returns>
    public async Task<long> RunAsync(string path, string partialFolder, string partialName, long maxBytes, CancellationToken cancellationToken)
    {
        using ContentHash? hash = ContentHash.For(_file.Sha256, _file.GitSha1, _file.Size);
        using PartialFile partial = new(partialFolder, partialName, hash);
        await partial.OpenAsync(_file.Size, cancellationToken).ConfigureAwait(false);
        Backoff backoff = new(_options, _time);
        bool lied = false;
        for (int connection = 0; ; connection++)
        {
            if (_file.Size is null || partial.Length < _file.Size || _file.Size == 0)
            {
                await FetchAsync(partial, backoff, maxBytes, connection, cancellationToken).ConfigureAwait(false);
            }

            if (partial.Length == (_file.Size ?? partial.Length) && hash?.Matches() != false)
            {
                _progress(partial.Length, partial.Length);
                partial.MoveTo(path);
                return partial.Length;
            }

            // One fresh try: the bytes of an earlier run may be to blame. A second lie is the hub's.
            string seen = string.Create(CultureInfo.InvariantCulture, $"{partial.Length:N0} bytes");
            partial.Restart();
            if (lied)
            {
                throw new CorruptException(
                    $"{_file.Path} from {HubClient.Shown(_address)} ({seen}) is not the file that the hub lists: its size or hash differs; nothing was kept.", _file.Path);
            }

            lied = true;
        }
    }

    private async Task FetchAsync(PartialFile partial, Backoff backoff, long maxBytes, int start, CancellationToken cancellationToken)
    {
        for (int connection = start; ; connection++)
        {
            long before = partial.Length;
            TimeSpan? asked = null;
            string reason;
            Exception? cause = null;
            try
            {
                using HttpResponseMessage response = await _client.GetAsync(_address, headers => Continue(headers, partial), cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    if (await ReceiveAsync(response, partial, maxBytes, cancellationToken).ConfigureAwait(false))
                    {
                        return;
                    }

                    reason = "the answer was cut";
                }
                else if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && partial.Length > 0)
                {
                    partial.Restart();
                    reason = "the hub refused to continue";
                }
                else
                {
                    HubErrors.ThrowUnlessTransient(response, _address, _options, _file.Path);
                    asked = _client.RetryAfter(response);
                    reason = HubErrors.Describe(response);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TimeoutException || (exception is IOException and not FileNotFoundException))
            {
                reason = exception.Message;
                cause = exception;
            }

            backoff.Failed(partial.Length > before);
            if (backoff.Exhausted || connection >= _options.MaxConnectionsPerFile)
            {
                throw new UnavailableException(
                    string.Create(CultureInfo.InvariantCulture, $"{_file.Path} could not be downloaded from {HubClient.Shown(_address)}: {reason.TrimEnd('.')}; {partial.Length:N0} bytes are kept, and the next try goes on from there."),
                    HubClient.Shown(_address),
                    cause);
            }

            await backoff.WaitAsync(asked, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Continue(HttpRequestHeaders headers, PartialFile partial)
    {
        if (partial.Length > 0)
        {
            headers.Range = new RangeHeaderValue(partial.Length, null);
            if (partial.EntityTag is { } tag && EntityTagHeaderValue.TryParse(tag, out EntityTagHeaderValue? parsed))
            {
                headers.IfRange = new RangeConditionHeaderValue(parsed);
            }
        }
    }

    /// <summary>Writes the body; false where it ended early.</summary>
    private async Task<bool> ReceiveAsync(HttpResponseMessage response, PartialFile partial, long maxBytes, CancellationToken cancellationToken)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        bool continues = response.StatusCode == HttpStatusCode.PartialContent
            && partial.Length > 0
            && range?.From == partial.Length
            && (range.Length is null || _file.Size is null || range.Length == _file.Size);
        if (!continues)
        {
            // The whole file comes, because ranges are unknown there or the file is another now; or a range nobody asked for.
            partial.Restart();
            if (response.StatusCode == HttpStatusCode.PartialContent && range?.From is not 0)
            {
                return false;
            }
        }

        EntityTagHeaderValue? tag = response.Headers.ETag;
        await partial.TagAsync(tag is { IsWeak: false } ? tag.ToString() : null, cancellationToken).ConfigureAwait(false);
        long? announced = continues ? range!.Length : response.Content.Headers.ContentLength;
        long limit = _file.Size ?? announced ?? maxBytes;
        if (limit > maxBytes)
        {
            throw new LimitExceededException(nameof(ModelHubOptions.MaxModelBytes), maxBytes, limit, _file.Path);
        }

        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        int read;
        while ((read = await _client.ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (partial.Length + read > limit)
            {
                // More than the file has: the caller sees that the content does not match.
                await partial.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                return true;
            }

            await partial.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            _progress(partial.Length, _file.Size ?? announced ?? -1);
        }

        return partial.Length == (_file.Size ?? announced ?? partial.Length);
    }
}
