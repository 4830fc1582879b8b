using System.CommandLine;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Retrieval;

namespace Rag.Cli.Commands;

/// <summary><c>rag search "…" --docs DIR</c>: the passages that bear on a question.</summary>
internal static class SearchCommand
{
    public static Command Create(Screen screen)
    {
        var arguments = new LibraryArguments();
        var question = new QuestionArgument();
        var command = new Command("search", "Finds the passages that bear on a question.") { question.Words, arguments.Docs, arguments.Top };
        arguments.AddIndexing(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            screen,
            question.Get(parsed),
            arguments.ToOptions(parsed, parsed.GetRequiredValue(arguments.Docs)),
            parsed.GetValue(arguments.Json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, string words, RagOptions options, bool json, CancellationToken cancellationToken)
    {
        string query = await QuestionArgument.ReadAsync(words, screen.In, options.MaxQuestionLength, cancellationToken).ConfigureAwait(false);
        await using LibrarySession session = await LibrarySession.OpenAsync(screen, options, cancellationToken).ConfigureAwait(false);
        await session.PrepareSearchAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RetrievedChunk> found = await session.Library.SearchAsync(query, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(screen.Out, SearchJson.From(found));
        }
        else
        {
            SearchView.Show(screen, found);
        }

        return ExitCode.Answered;
    }
}
