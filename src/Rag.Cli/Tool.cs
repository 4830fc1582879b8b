using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Rag.Cli.Commands;
using Rag.Cli.Terminal;

namespace Rag.Cli;

/// <summary>The whole tool: from the words of the command line to the exit code.</summary>
internal static class Tool
{
    private const string Examples =
        """
        Examples:
          rag ask "What does the handbook say about leave?" --docs ~/handbook
          rag search "parental leave" --docs ~/handbook --top 5 --json
          rag chat --docs ~/handbook
          rag ingest ~/handbook

        Everything stays on this machine. 'rag COMMAND --help' says more.
        """;

    /// <summary>Parses and runs.</summary>
    public static async Task<int> RunAsync(string[] args, Interrupts interrupts)
    {
        using var screen = new Screen();
        try
        {
            // No response files: a question may begin with '@'. No bundling: an argument may begin with '-'.
            ParseResult parsed = Create(screen, interrupts).Parse(
                args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            int exitCode = parsed.Action is ParseErrorAction
                ? Misunderstood(parsed, screen)
                : await parsed.InvokeAsync(Invocation(screen), interrupts.Token).ConfigureAwait(false);
            await screen.Out.FlushAsync(interrupts.Token).ConfigureAwait(false);
            return exitCode;
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return interrupts.ExitCode;
        }
        catch (Exception exception)
        {
            return Failures.Report(screen, exception);
        }
    }

    // Signals and exceptions are handled here, so that they mean the same for every command.
    private static InvocationConfiguration Invocation(Screen screen) =>
        new() { Output = screen.Out, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    private static RootCommand Create(Screen screen, Interrupts interrupts)
    {
        var root = new RootCommand("Asks a folder of documents questions and answers with quotes, all on this machine.")
        {
            IngestCommand.Create(screen),
            SearchCommand.Create(screen),
            AskCommand.Create(screen),
            ChatCommand.Create(screen, interrupts),
            IndexCommand.Create(screen),
            ModelsCommand.Create(screen),
            EvalCommand.Create(screen),
        };

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        root.SetAction(_ => root.Parse(["--help"]).Invoke(Invocation(screen)));
        return root;
    }

    private static int Misunderstood(ParseResult parsed, Screen screen)
    {
        string command = string.Join(' ', Path(parsed.CommandResult));
        string message = parsed.Errors.Count == 0 ? "The command line was not understood." : parsed.Errors[0].Message;
        screen.Error($"{message} Try '{command} --help'.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult command)
    {
        if (command.Parent is System.CommandLine.Parsing.CommandResult parent)
        {
            return Path(parent).Append(command.Command.Name);
        }

        return ["rag"];
    }
}
