using System.Globalization;
using Spectre.Console;

namespace Rag.Cli.Terminal;

/// <summary>
/// Shows on standard error how far work is: a moving bar where a terminal is, else a plain line every few seconds, so that
/// short work says nothing in a log.
/// </summary>
internal static class ActivityView
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Runs the work, showing what it reports.</summary>
    public static Task<T> RunAsync<T>(Screen screen, Func<IProgress<Activity>, Task<T>> work) =>
        screen.ErrorIsTerminal && screen.Progress.Profile.Capabilities.Interactive
            ? screen.Progress.Progress()
                .AutoClear(true)
                .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
                .StartAsync(context => work(new Bar(context)))
            : work(new Lines(screen, TimeProvider.System));

    private sealed class Bar(ProgressContext context) : IProgress<Activity>
    {
        private const int MaxText = 60;
        private ProgressTask? _task;

        public void Report(Activity value)
        {
            _task ??= context.AddTask("");
            string text = SafeText.Line(value.Text);
            _task.Description = Markup.Escape(text.Length > MaxText ? "…" + text[^MaxText..] : text);
            _task.IsIndeterminate = value.Total is null;
            _task.MaxValue = Math.Max(1, value.Total ?? 1);
            _task.Value = value.Done;
        }
    }

    private sealed class Lines(Screen screen, TimeProvider time) : IProgress<Activity>
    {
        private long _last = time.GetTimestamp();

        public void Report(Activity value)
        {
            if (time.GetElapsedTime(_last) >= BetweenLines)
            {
                _last = time.GetTimestamp();
                string share = value.Total is { } total && total > 0
                    ? string.Create(CultureInfo.InvariantCulture, $" ({100 * value.Done / total:F0} %)")
                    : "";
                screen.Note(value.Text + share);
            }
        }
    }
}
