using Spectre.Console;

namespace Rag.Cli.Terminal;

/// <summary>A moving bar that appears with the first report after a moment, and goes without a trace.</summary>
internal sealed class ActivityBar(IAnsiConsole console, TimeProvider time) : IProgress<Activity>
{
    private const int MaxText = 60;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(.3);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begun = time.GetTimestamp();
    private Task _shown = Task.CompletedTask;
    private ProgressTask? _task;

    public void Report(Activity value)
    {
        if (_task is null && time.GetElapsedTime(_begun) >= Moment && !_end.Task.IsCompleted)
        {
            _shown = ShowAsync();
        }

        if (_task is { } task)
        {
            string text = SafeText.Line(value.Text);
            task.Description = Markup.Escape(text.Length > MaxText ? "…" + text[^MaxText..] : text);
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = Math.Max(1, value.Total ?? 1);
            task.Value = value.Done;
        }
    }

    /// <summary>Takes the bar away.</summary>
    public Task EndAsync()
    {
        _end.TrySetResult();
        return _shown;
    }

    private Task ShowAsync() => console.Progress()
        .AutoClear(true)
        .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(context =>
        {
            _task = context.AddTask("…");
            return _end.Task;
        });
}
