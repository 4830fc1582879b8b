using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Rag.Models.Hub;

/// <summary>
/// Requests to a hub: follows redirects itself, so that the token goes to the hub's own address alone, and ends a request
/// whose answer stalls.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MaxRedirects = 6;

    private readonly HttpClient _client;
    private readonly ModelHubOptions _options;
    private readonly TimeProvider _time;

    public HubClient(ModelHubOptions options, HttpMessageHandler? handler, TimeProvider time)
    {
        _options = options;
        _time = time;
        _client = new HttpClient(handler ?? CreateHandler(options), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("rag", typeof(HubClient).Assembly.GetName().Version?.ToString(2)));
    }

    /// <summary>The address of a path below the hub's; the path is escaped already.</summary>
    public Uri Address(string path) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>Sends a request, follows redirects, and returns once the headers of the answer are here.</summary>
    /// <exception cref="HttpRequestException">No answer came, or a redirect is refused.</exception>
    /// <exception cref="TimeoutException">No answer came within the stall timeout.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, Action<HttpRequestHeaders>? configure, CancellationToken cancellationToken)
    {
        Uri current = address;
        for (int hop = 0; hop <= MaxRedirects; hop++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, current);

            // Compressed bytes would have another length and hash.
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            configure?.Invoke(request.Headers);
            if (_options.Token is { } token && IsHub(current))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            HttpResponseMessage response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return response;
            }

            Uri? location = response.Headers.Location;
            response.Dispose();
            current = Next(current, location);
        }

        throw new HttpRequestException($"more than {MaxRedirects} redirects");
    }

    /// <summary>Reads a piece of a body; ends when nothing comes within the stall timeout.</summary>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await WithinStallTimeoutAsync(async token => await body.ReadAsync(buffer, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>How long the answer asks to wait, where it does.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    /// <summary>The address fit for a message: without query, which may hold a signature.</summary>
    public static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await WithinStallTimeoutAsync(
            token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken).ConfigureAwait(false);

    private async Task<T> WithinStallTimeoutAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stall = new(_options.StallTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            return await action(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Either the stall timeout, or the handler's own connect timeout.
            throw new TimeoutException(
                exception.InnerException is TimeoutException && !stall.IsCancellationRequested
                    ? string.Create(CultureInfo.InvariantCulture, $"no connection within {_options.ConnectTimeout.TotalSeconds:0.#} s")
                    : string.Create(CultureInfo.InvariantCulture, $"nothing came for {_options.StallTimeout.TotalSeconds:0.#} s"),
                exception);
        }
    }

    private static Uri Next(Uri current, Uri? location)
    {
        if (location is null)
        {
            throw new HttpRequestException("a redirect without an address");
        }

        Uri next = location.IsAbsoluteUri ? location : new Uri(current, location);
        return next.Scheme == Uri.UriSchemeHttps || next.Scheme == current.Scheme
            ? next
            : throw new HttpRequestException($"a redirect from {current.Scheme} to {next.Scheme} is not followed");
    }

    private bool IsHub(Uri address) =>
        Uri.Compare(address, _options.Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static SocketsHttpHandler CreateHandler(ModelHubOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.ConnectTimeout,
        UseCookies = false,
    };
}
