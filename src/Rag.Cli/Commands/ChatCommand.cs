using System.CommandLine;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Index;

namespace Rag.Cli.Commands;

/// <summary><c>rag chat --docs DIR</c>: questions one after the other, each seeing those before.</summary>
internal static class ChatCommand
{
    public static Command Create(Screen screen, Interrupts interrupts)
    {
        var arguments = new LibraryArguments();
        var command = new Command("chat", "Talks about the documents: type questions, /help says what else.") { arguments.Docs, arguments.Top };
        arguments.AddAnswering(command);
        arguments.AddScope(command);
        arguments.AddIndexing(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            screen,
            interrupts,
            arguments.ToOptions(parsed, parsed.GetRequiredValue(arguments.Docs)),
            arguments.ToScope(parsed),
            parsed.GetValue(arguments.Json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Screen screen, Interrupts interrupts, RagOptions options, SearchScope scope, bool json, CancellationToken cancellationToken)
    {
        await using LibrarySession session = await LibrarySession.OpenAsync(screen, options, scope, cancellationToken).ConfigureAwait(false);
        await session.PrepareAnswersAsync(cancellationToken).ConfigureAwait(false);
        var conversation = new ChatConversation(screen, interrupts, session, options.MaxQuestionLength);
        return json
            ? await conversation.RunJsonAsync(cancellationToken).ConfigureAwait(false)
            : await conversation.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
