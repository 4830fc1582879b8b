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
        RootCommand root = Create(screen, interrupts);

        // No response files: a question may begin with '@'. No bundling: an argument may begin with '-'.
        var grammar = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        ParseResult parsed = root.Parse(args, grammar);
        if (parsed.Action is ParseErrorAction)
        {
            return Misunderstood(parsed, screen);
        }

        var invocation = new InvocationConfiguration
        {
            Output = screen.Out, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        try
        {
            int exitCode = await parsed.InvokeAsync(invocation, interrupts.Token).ConfigureAwait(false);
            screen.Dispose();
            return exitCode;
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            return Failures.Report(screen, exception);
        }
    }

    private static RootCommand Create(Screen screen, Interrupts interrupts)
    {
        var root = new RootCommand("Asks a folder of documents questions and answers with quotes, all on this machine.")
        {
            IngestCommand.Create(screen),
            SearchCommand.Create(screen),
            AskCommand.Create(screen),
            ChatCommand.Create(screen, interrupts),
            ModelsCommand.Create(screen),
        };

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        root.SetAction(_ => root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = screen.Out }));
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
