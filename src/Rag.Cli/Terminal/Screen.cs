using System.Text;
using Spectre.Console;

namespace Rag.Cli.Terminal;

/// <summary>
/// The two streams that the tool writes and the one that it reads: results go to standard output, everything said along the
/// way to standard error. Colours and moving lines appear only where a terminal is at the other end; NO_COLOR is honoured.
/// Text from documents and models must pass <see cref="SafeText"/> first. Not safe for concurrent use.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const int MaxWidth = 100;
    private readonly IAnsiConsole _out;

    /// <summary>Takes the streams of the process, as UTF-8: the console's own encoding follows the locale, and a bare container has none.</summary>
    public Screen()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        OutIsTerminal = !Console.IsOutputRedirected;
        ErrorIsTerminal = !Console.IsErrorRedirected;
        InIsTerminal = !Console.IsInputRedirected;
        Out = new StreamWriter(Console.OpenStandardOutput(), utf8) { NewLine = "\n" };
        In = new StreamReader(Console.OpenStandardInput(), utf8, detectEncodingFromByteOrderMarks: true);
        _out = Create(Out, OutIsTerminal);
        Progress = Create(new StreamWriter(Console.OpenStandardError(), utf8) { NewLine = "\n", AutoFlush = true }, ErrorIsTerminal);
    }

    /// <summary>Standard output.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard input.</summary>
    public TextReader In { get; }

    /// <summary>Standard error, for moving lines.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether a person reads standard output.</summary>
    public bool OutIsTerminal { get; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Whether a person types standard input.</summary>
    public bool InIsTerminal { get; }

    /// <summary>Columns for results: those of the terminal, at most 100; 100 where there is none.</summary>
    public int Width => Math.Clamp(_out.Profile.Width, 20, MaxWidth);

    /// <summary>Writes safe text to standard output in a style such as "grey" or "bold"; plain where there are no colours.</summary>
    public void Styled(string style, string safeText) => Write(_out, style, safeText);

    /// <summary>Says one line on standard error.</summary>
    public void Note(string text) => Write(Progress, "grey", SafeText.Line(text) + "\n");

    /// <summary>Says on standard error what went wrong.</summary>
    public void Error(string text) => Write(Progress, "red", "rag: " + SafeText.Line(text) + "\n");

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Out.Flush();
        }
        catch (IOException)
        {
            // The reader at the other end has left.
        }
    }

    private static void Write(IAnsiConsole console, string style, string safeText)
    {
        if (console.Profile.Capabilities.Ansi)
        {
            console.Markup($"[{style}]{Markup.Escape(safeText)}[/]");
        }
        else
        {
            console.Profile.Out.Writer.Write(safeText);
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool terminal)
    {
        bool colours = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new ScreenOutput(writer, terminal),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
    }
}
