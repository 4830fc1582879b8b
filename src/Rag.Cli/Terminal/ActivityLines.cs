using System.Globalization;

namespace Rag.Cli.Terminal;

/// <summary>A line every few seconds, for a log.</summary>
internal sealed class ActivityLines(Screen screen, TimeProvider time) : IProgress<Activity>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private long _last = time.GetTimestamp();

    public void Report(Activity value)
    {
        if (time.GetElapsedTime(_last) >= Between)
        {
            _last = time.GetTimestamp();
            string share = value.Total is { } total && total > 0
                ? string.Create(CultureInfo.InvariantCulture, $" ({100 * value.Done / total:F0} %)")
                : "";
            screen.Note(value.Text + share);
        }
    }
}
