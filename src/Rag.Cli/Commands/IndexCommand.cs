using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Index;
using Rag.Index.Maintenance;

namespace Rag.Cli.Commands;

/// <summary><c>rag index …</c>: looks after an index.</summary>
internal sealed class IndexCommand
{
    private readonly Screen _screen;

    private IndexCommand(Screen screen) => _screen = screen;

    public static Command Create(Screen screen)
    {
        var index = new IndexCommand(screen);
        return new Command("index", "Looks after an index: what it holds, whether it is sound, its caches, its way out and in.")
        {
            Make("stats", "Says what an index holds and how large it is.", index.StatsAsync),
            Make("check", "Reads everything in an index and says whether it is sound.", index.CheckAsync),
            Make("rebuild", "Makes terms and postings anew from the stored documents.", index.RebuildAsync),
            IndexTransfer.Export(screen),
            IndexTransfer.Import(screen),
        };
    }

    /// <summary>How far work is, as the screen shows it.</summary>
    public static MappedProgress<IndexProgress, Activity> Described(IProgress<Activity> activity, string verb) =>
        new(activity, progress => new Activity($"{verb} {progress.Step}", progress.Done, progress.Total));

    private static Command Make(string name, string description, Func<string, bool, CancellationToken, Task<int>> run)
    {
        var location = new IndexLocation();
        Command command = location.AddTo(new Command(name, description));
        command.SetAction((parsed, cancellationToken) => run(location.Folder(parsed), parsed.GetValue(location.Json), cancellationToken));
        return command;
    }

    private async Task<int> StatsAsync(string folder, bool json, CancellationToken cancellationToken)
    {
        await using SqliteChunkIndex index = await OpenAsync(folder, readOnly: true, cancellationToken).ConfigureAwait(false);
        IndexStatistics statistics = await index.GetStatisticsAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(_screen.Out, statistics);
        }
        else
        {
            IndexStatisticsView.Show(_screen, statistics);
        }

        return ExitCode.Answered;
    }

    private async Task<int> CheckAsync(string folder, bool json, CancellationToken cancellationToken)
    {
        await using SqliteChunkIndex index = await OpenAsync(folder, readOnly: true, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> faults = await ActivityView.RunAsync(_screen, activity => Task.Run(
            async () => await index.VerifyAsync(Described(activity, "checking"), cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(_screen.Out, new IndexCheckJson(folder, faults.Count == 0, faults));
        }
        else
        {
            foreach (string fault in faults)
            {
                _screen.Out.Write(SafeText.Line(fault) + "\n");
            }

            _screen.Out.Write(faults.Count == 0
                ? "The index is sound.\n"
                : $"{IngestionView.Count(faults.Count, "fault")}. 'rag index rebuild' mends terms and postings; for anything else delete the folder {SafeText.Line(folder)} and ingest again.\n");
        }

        return faults.Count == 0 ? ExitCode.Answered : ExitCode.Failed;
    }

    private async Task<int> RebuildAsync(string folder, bool json, CancellationToken cancellationToken)
    {
        // Opening for writing would make a new index where there is none.
        await (await OpenAsync(folder, readOnly: true, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        await using SqliteChunkIndex index = await OpenAsync(folder, readOnly: false, cancellationToken).ConfigureAwait(false);
        await ActivityView.RunAsync(_screen, activity => Task.Run(
            async () =>
            {
                await index.RebuildAsync(Described(activity, "rebuilding"), cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken)).ConfigureAwait(false);
        IndexStatistics statistics = await index.GetStatisticsAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(_screen.Out, new IndexRebuildJson(folder, statistics.Chunks, statistics.Terms));
        }
        else
        {
            _screen.Out.Write($"Made anew: {IngestionView.Count((int)statistics.Terms, "term")} of {IngestionView.Count((int)statistics.Chunks, "chunk")}.\n");
        }

        return ExitCode.Answered;
    }

    // A damaged index must open here: the check says what is damaged, and rebuilding mends what can be made anew.
    private static async Task<SqliteChunkIndex> OpenAsync(string folder, bool readOnly, CancellationToken cancellationToken) =>
        await SqliteChunkIndex.OpenAsync(folder, new ChunkIndexOptions { ReadOnly = readOnly, VerifyOnOpenBytes = 0 }, cancellationToken).ConfigureAwait(false);
}
