namespace Rag.Models.Hub;

/// <summary>
/// Where models come from, where they are kept, and how long a download may try. <see cref="FromEnvironment"/> reads the
/// variables that the Hugging Face tools use.
/// </summary>
public sealed class ModelHubOptions
{
    /// <summary>The hub's address; https://huggingface.co by default (HF_ENDPOINT).</summary>
    public Uri Endpoint { get; set; } = new("https://huggingface.co");

    /// <summary>A token for gated and private models (HF_TOKEN). It goes to <see cref="Endpoint"/> alone, never to where that redirects.</summary>
    public string? Token { get; set; }

    /// <summary>Never use the network: only what the cache holds complete (HF_HUB_OFFLINE).</summary>
    public bool Offline { get; set; }

    /// <summary>
    /// The folder of downloaded models; by default HF_HUB_CACHE, else HF_HOME/hub, else rag/hub in the user's cache folder
    /// (XDG_CACHE_HOME or ~/.cache; the local application data folder on Windows).
    /// </summary>
    public string CacheDirectory { get; set; } = DefaultCacheDirectory(Environment.GetEnvironmentVariable);

    /// <summary>How long to wait for a connection; 3 seconds by default, so that a machine without network hears so at once.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a response may send nothing before it counts as cut; 30 seconds by default.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often in a row a request may fail without a byte gained; 5 by default.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many connections one file may take in all, gains or not; 200 by default.</summary>
    public int MaxConnectionsPerFile { get; set; } = 200;

    /// <summary>The first wait before another attempt, doubled each time; 0.5 seconds by default.</summary>
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait before another attempt, also where the hub asks for more; 30 seconds by default.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes that one model may have; 64 GiB by default.</summary>
    public long MaxModelBytes { get; set; } = 64L << 30;

    /// <summary>The most bytes that the hub's list of files may have; 16 MiB by default.</summary>
    public int MaxListingBytes { get; set; } = 16 << 20;

    /// <summary>How long to wait for another process that downloads the same model; 1 hour by default.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Options with what the environment says.</summary>
    /// <param name="variable">Reads a variable; the process's own by default.</param>
    /// <exception cref="ArgumentException">HF_ENDPOINT is not an http or https address.</exception>
    public static ModelHubOptions FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        ModelHubOptions options = new() { CacheDirectory = DefaultCacheDirectory(variable) };
        if (variable("HF_ENDPOINT") is { Length: > 0 } endpoint)
        {
            options.Endpoint = Uri.TryCreate(endpoint.Trim(), UriKind.Absolute, out Uri? address)
                ? address
                : throw new ArgumentException($"HF_ENDPOINT is '{endpoint}'; it must be an http or https address such as https://huggingface.co.", nameof(variable));
        }

        options.Token = variable("HF_TOKEN")?.Trim() is { Length: > 0 } token ? token : null;
        options.Offline = variable("HF_HUB_OFFLINE")?.Trim().ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";
        options.Validate();
        return options;
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https") || Endpoint.UserInfo.Length > 0 || Endpoint.Query.Length > 0 || Endpoint.Fragment.Length > 0)
        {
            throw new ArgumentException($"The hub's address (HF_ENDPOINT) must be an http or https address without user name or query, such as https://huggingface.co.");
        }

        // A token with a line break could forge a header.
        if (Token is not null && !Token.All(c => c is > ' ' and < '\u007f'))
        {
            throw new ArgumentException("The hub's token (HF_TOKEN) holds a character that no token has.");
        }

        ArgumentException.ThrowIfNullOrEmpty(CacheDirectory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerFile, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBackoff, FirstBackoff);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxModelBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxListingBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LockTimeout, TimeSpan.Zero);
    }

    private static string DefaultCacheDirectory(Func<string, string?> variable)
    {
        if (variable("HF_HUB_CACHE") is { Length: > 0 } cache)
        {
            return Path.GetFullPath(cache);
        }

        if (variable("HF_HOME") is { Length: > 0 } home)
        {
            return Path.GetFullPath(Path.Combine(home, "hub"));
        }

        string user = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : variable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.GetFullPath(Path.Combine(user, "rag", "hub"));
    }
}
