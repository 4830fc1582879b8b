using System.CommandLine;
using Rag.Answering;
using Rag.Cli.Output;
using Rag.Cli.Terminal;

namespace Rag.Cli.Commands;

/// <summary><c>rag ask "…" --docs DIR</c>: an answer with its sources.</summary>
internal static class AskCommand
{
    public static Command Create(Screen screen) => QuestionCommand.Create(
        screen, "ask", "Answers a question from the documents, with quotes.", answers: true, async (session, text, json, cancellationToken) =>
        {
            await session.PrepareAnswersAsync(cancellationToken).ConfigureAwait(false);
            var question = new Question(text) { Scope = session.Scope };
            if (json)
            {
                Answer answer = await session.Library.AskAsync(question, cancellationToken).ConfigureAwait(false);
                JsonOutput.Write(screen.Out, AnswerJson.From(answer));
            }
            else
            {
                await session.ShowAnswerAsync(question, cancellationToken).ConfigureAwait(false);
            }
        });
}
