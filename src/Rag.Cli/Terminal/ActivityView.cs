namespace Rag.Cli.Terminal;

/// <summary>
/// Shows on standard error how far work is: a moving bar where a terminal is, else a plain line every few seconds. Work that is
/// done in a moment shows nothing.
/// </summary>
internal static class ActivityView
{
    /// <summary>Runs the work, showing what it reports.</summary>
    public static async Task<T> RunAsync<T>(Screen screen, Func<IProgress<Activity>, Task<T>> work)
    {
        if (!screen.ErrorIsTerminal || !screen.Progress.Profile.Capabilities.Interactive)
        {
            return await work(new ActivityLines(screen, TimeProvider.System)).ConfigureAwait(false);
        }

        var bar = new ActivityBar(screen.Progress, TimeProvider.System);
        try
        {
            return await work(bar).ConfigureAwait(false);
        }
        finally
        {
            await bar.EndAsync().ConfigureAwait(false);
        }
    }
}
