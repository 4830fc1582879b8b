using System.CommandLine;
using Rag.Cli.Terminal;
using Rag.Hosting;

namespace Rag.Cli.Commands;

/// <summary>What the commands that take one question have in common: their options, reading the question, opening the library.</summary>
internal static class QuestionCommand
{
    /// <summary>Deals with the question; the last argument but one says whether JSON is wanted.</summary>
    public delegate Task Handler(LibrarySession session, string question, bool json, CancellationToken cancellationToken);

    /// <summary>Creates a command.</summary>
    /// <param name="screen">Where it writes to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">Its line in the help.</param>
    /// <param name="answers">Whether it writes an answer, and so has the options for that.</param>
    /// <param name="handle">What it does.</param>
    public static Command Create(Screen screen, string name, string description, bool answers, Handler handle)
    {
        var arguments = new LibraryArguments();
        var question = new QuestionArgument();
        var command = new Command(name, description) { question.Words, arguments.Docs, arguments.Top };
        if (answers)
        {
            arguments.AddAnswering(command);
        }
        else
        {
            command.Add(arguments.Rerank);
            command.Add(arguments.Reader);
            command.Add(arguments.Reranker);
        }

        arguments.AddScope(command);
        arguments.AddIndexing(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            RagOptions options = arguments.ToOptions(parsed, parsed.GetRequiredValue(arguments.Docs));
            string text = await QuestionArgument.ReadAsync(question.Get(parsed), screen.In, options.MaxQuestionLength, cancellationToken).ConfigureAwait(false);
            await using LibrarySession session = await LibrarySession.OpenAsync(screen, options, arguments.ToScope(parsed), cancellationToken).ConfigureAwait(false);
            await handle(session, text, parsed.GetValue(arguments.Json), cancellationToken).ConfigureAwait(false);
            return ExitCode.Answered;
        });
        return command;
    }
}
