using System.Text;
using Spectre.Console;

namespace Rag.Cli.Terminal;

/// <summary>Tells the console library about a stream that it did not open itself.</summary>
internal sealed class ScreenOutput(TextWriter writer, bool terminal) : IAnsiConsoleOutput
{
    // Where nobody watches, lines are not folded.
    private const int Unfolded = 10_000;

    public TextWriter Writer => writer;

    public bool IsTerminal => terminal;

    public int Width => terminal && Console.WindowWidth > 0 ? Console.WindowWidth : Unfolded;

    public int Height => terminal && Console.WindowHeight > 0 ? Console.WindowHeight : 24;

    public void SetEncoding(Encoding encoding)
    {
    }
}
