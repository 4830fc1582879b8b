using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Index;

namespace Rag.Cli.Commands;

/// <summary><c>rag index export</c> and <c>import</c>: an index as lines of JSON.</summary>
internal static class IndexTransfer
{
    public static Command Export(Screen screen) => Make(
        "export", "Writes documents, chunks and vectors to a file of JSON lines.", "The file to write; it must not be there yet.", async (folder, file, json, cancellationToken) =>
        {
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, new ChunkIndexOptions { ReadOnly = true }, cancellationToken).ConfigureAwait(false);
            long documents = await ActivityView.RunAsync(screen, activity => Task.Run(() => ExportAsync(index, file, activity, cancellationToken), cancellationToken)).ConfigureAwait(false);
            Say(screen, json, file, documents, "written to");
        });

    public static Command Import(Screen screen) => Make(
        "import", "Stores what 'rag index export' wrote, in place of documents of the same ids.", "The file to read.", async (folder, file, json, cancellationToken) =>
        {
            if (!File.Exists(file))
            {
                throw new UnavailableException($"There is no file '{file}'.", file);
            }

            await using FileStream source = File.OpenRead(file);
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, cancellationToken: cancellationToken).ConfigureAwait(false);
            long documents = await ActivityView.RunAsync(screen, activity => Task.Run(
                async () => await index.ImportAsync(source, null, IndexCommand.Described(activity, "importing"), cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
            Say(screen, json, file, documents, "stored from");
        });

    // Under another name until it is whole; one that was stopped leaves nothing.
    private static async Task<long> ExportAsync(SqliteChunkIndex index, string file, IProgress<Activity> activity, CancellationToken cancellationToken)
    {
        if (File.Exists(file))
        {
            throw new UnavailableException($"The file '{file}' is there already; remove it or choose another name.", file);
        }

        string partial = file + ".partial";
        try
        {
            long documents;
            FileStream destination = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            await using (destination.ConfigureAwait(false))
            {
                documents = await index.ExportAsync(destination, IndexCommand.Described(activity, "exporting"), cancellationToken).ConfigureAwait(false);
                destination.Flush(flushToDisk: true);
            }

            File.Move(partial, file);
            return documents;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static void Say(Screen screen, bool json, string file, long documents, string done)
    {
        if (json)
        {
            JsonOutput.Write(screen.Out, new IndexTransferJson(file, documents));
        }
        else
        {
            screen.Out.Write($"{IngestionView.Count((int)documents, "document")} {done} {SafeText.Line(file)}\n");
        }
    }

    private static Command Make(string name, string description, string about, Func<string, string, bool, CancellationToken, Task> run)
    {
        var location = new IndexLocation();
        var file = new Argument<string>("FILE") { Description = about };
        Command command = location.AddTo(new Command(name, description) { file });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await run(location.Folder(parsed), Path.GetFullPath(parsed.GetRequiredValue(file)), parsed.GetValue(location.Json), cancellationToken).ConfigureAwait(false);
            return ExitCode.Answered;
        });
        return command;
    }
}
