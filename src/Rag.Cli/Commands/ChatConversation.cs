using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Cli.Output;
using Rag.Cli.Terminal;

namespace Rag.Cli.Commands;

/// <summary>A conversation over lines of standard input: typed, or piped in.</summary>
internal sealed class ChatConversation(Screen screen, Interrupts interrupts, LibrarySession session, int maxQuestionLength)
{
    // Earlier turns beyond these are not looked at by any generator; a talk may go on for days.
    private const int MaxTurns = 20;
    private const string Help = "A line is a question. /sources shows the passages behind the last answer, /new forgets what was said, /quit ends (so does Ctrl-D). Ctrl-C stops an answer.";

    private readonly BoundedLineReader _lines = new(screen.In, maxQuestionLength);
    private readonly List<ChatMessage> _history = [];
    private Answer? _last;

    /// <summary>Answers every line for a person; an error ends its question, not the talk.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        int exitCode = ExitCode.Answered;
        if (screen.InIsTerminal)
        {
            screen.Note(Help);
        }

        while (true)
        {
            try
            {
                Prompt();
                string? line = await _lines.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (line is null or "/quit" or "/exit")
                {
                    return exitCode;
                }

                await HandleAsync(line, cancellationToken).ConfigureAwait(false);
            }
            catch (RagException exception)
            {
                exitCode = Failures.Report(screen, exception);
            }
        }
    }

    /// <summary>Answers every line and prints the whole talk as one object at its end.</summary>
    public async Task<int> RunJsonAsync(CancellationToken cancellationToken)
    {
        var turns = new List<ChatTurnJson>();
        while (await _lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line and not "/quit" and not "/exit")
        {
            if (line.Length > 0)
            {
                Answer answer = await session.Library.AskAsync(Ask(line), cancellationToken).ConfigureAwait(false);
                Remember(line, answer);
                turns.Add(ChatTurnJson.From(line, AnswerJson.From(answer)));
            }
        }

        JsonOutput.Write(screen.Out, new ChatJson(turns));
        return ExitCode.Answered;
    }

    private async Task HandleAsync(string line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case "":
                break;
            case "/help":
                screen.Note(Help);
                break;
            case "/new":
                _history.Clear();
                _last = null;
                break;
            case "/sources":
                SearchView.Show(screen, _last?.Retrieved ?? []);
                break;
            case ['/', ..]:
                screen.Note($"There is no command {line}. {Help}");
                break;
            default:
                await AnswerAsync(line, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task AnswerAsync(string line, CancellationToken cancellationToken)
    {
        if (!screen.InIsTerminal)
        {
            // Nobody is there to ask another question after Ctrl-C: it ends the run.
            Remember(line, await session.ShowAnswerAsync(Ask(line), cancellationToken).ConfigureAwait(false));
            screen.Out.Write('\n');
            return;
        }

        bool whole = await interrupts.RunPartAsync(async part =>
            Remember(line, await session.ShowAnswerAsync(Ask(line), part).ConfigureAwait(false))).ConfigureAwait(false);
        screen.Out.Write('\n');
        screen.Out.Flush();
        if (!whole)
        {
            screen.Note("Stopped.");
        }
    }

    private Question Ask(string line) => new(line) { History = [.. _history], Scope = session.Scope };

    private void Remember(string line, Answer answer)
    {
        _last = answer;
        _history.Add(new ChatMessage(ChatRole.User, line));
        _history.Add(new ChatMessage(ChatRole.Assistant, answer.Text));
        if (_history.Count > 2 * MaxTurns)
        {
            _history.RemoveRange(0, 2);
        }
    }

    private void Prompt()
    {
        if (screen.InIsTerminal)
        {
            screen.Out.Flush();
            screen.Progress.Profile.Out.Writer.Write("> ");
        }
    }
}
