using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Index;
using Rag.Ingestion;

namespace Rag.Cli.Commands;

/// <summary><c>rag ingest DIR</c>: brings the index of a folder up to date.</summary>
internal static class IngestCommand
{
    public static Command Create(Screen screen)
    {
        var arguments = new LibraryArguments();
        var folder = new Argument<string>("DIR") { Description = "The folder of documents." };
        var command = new Command("ingest", "Reads a folder of documents into its index; only what changed is read again.") { folder };
        arguments.AddAccess(command);
        arguments.AddIndexing(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            screen, arguments.ToOptions(parsed, parsed.GetRequiredValue(folder)), parsed.GetValue(arguments.Json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, RagOptions options, bool json, CancellationToken cancellationToken)
    {
        await using LibrarySession session = await LibrarySession.OpenAsync(screen, options, SearchScope.Public, cancellationToken).ConfigureAwait(false);
        IngestionResult result = await session.IngestAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(screen.Out, IngestionJson.From(result));
        }
        else
        {
            IngestionView.Show(screen, result, session.Library.IndexFolder);
        }

        return ExitCode.Answered;
    }
}
