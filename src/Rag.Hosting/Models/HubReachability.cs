using System.Globalization;
using System.Text;

namespace Rag.Hosting.Models;

/// <summary>
/// Asks whether the hub answers, for at most three seconds, and remembers for an hour in the model cache that it did not.
/// </summary>
internal sealed class HubReachability(Uri endpoint, string cacheFolder, HttpMessageHandler handler, TimeProvider time)
{
    private const int MaxNoteLength = 1_024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private readonly string _note = Path.Combine(cacheFolder, "hub-unreachable.txt");

    /// <summary>Whether the hub answers; anything it says counts.</summary>
    public async Task<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        if (await IsRememberedAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        bool reached = await AskAsync(cancellationToken).ConfigureAwait(false);
        await RememberAsync(reached, cancellationToken).ConfigureAwait(false);
        return reached;
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            using var request = new HttpRequestMessage(HttpMethod.Head, endpoint);
            using HttpResponseMessage response = await invoker.SendAsync(request, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<bool> IsRememberedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(_note);
            if (!file.Exists || file.Length > MaxNoteLength)
            {
                return false;
            }

            string[] note = (await File.ReadAllTextAsync(_note, cancellationToken).ConfigureAwait(false)).Split('\n');
            return note.Length >= 2
                && note[1] == endpoint.AbsoluteUri
                && DateTimeOffset.TryParse(note[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset asked)
                && time.GetUtcNow() - asked is var age && age >= TimeSpan.Zero && age < Memory;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task RememberAsync(bool reached, CancellationToken cancellationToken)
    {
        try
        {
            if (reached)
            {
                File.Delete(_note);
                return;
            }

            Directory.CreateDirectory(cacheFolder);
            string text = $"{time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)}\n{endpoint.AbsoluteUri}\n";
            await File.WriteAllTextAsync(_note, text, Encoding.UTF8, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written costs three seconds next time, nothing else.
        }
    }
}
