using System.CommandLine;
using Rag.Answering;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;

namespace Rag.Cli.Commands;

/// <summary><c>rag ask "…" --docs DIR</c>: an answer with its sources.</summary>
internal static class AskCommand
{
    public static Command Create(Screen screen)
    {
        var arguments = new LibraryArguments();
        var question = new QuestionArgument();
        var command = new Command("ask", "Answers a question from the documents, with quotes.") { question.Words, arguments.Docs, arguments.Top };
        arguments.AddAnswering(command);
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
        string text = await QuestionArgument.ReadAsync(words, screen.In, options.MaxQuestionLength, cancellationToken).ConfigureAwait(false);
        await using LibrarySession session = await LibrarySession.OpenAsync(screen, options, cancellationToken).ConfigureAwait(false);
        await session.PrepareAnswersAsync(cancellationToken).ConfigureAwait(false);

        var question = new Question(text);
        if (json)
        {
            Answer answer = await session.Library.AskAsync(question, cancellationToken).ConfigureAwait(false);
            JsonOutput.Write(screen.Out, AnswerJson.From(answer));
        }
        else
        {
            await session.ShowAnswerAsync(question, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Answered;
    }
}
