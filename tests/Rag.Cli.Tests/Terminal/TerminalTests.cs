using System.Diagnostics;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Terminal;

/// <summary>The tool with a terminal at the other end, which util-linux's "script" plays.</summary>
[Collection(ObservatoryGroup.Name)]
public sealed class TerminalTests(ObservatoryFixture observatory)
{
    private const string Script = "/usr/bin/script";

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", false)]
    public async Task Answer_is_coloured_unless_no_colours_are_wanted(string? noColor, bool coloured)
    {
        string screen = await RunAsync(noColor, observatory.With("ask", "Who saved the mirror?"));
        Assert.Contains("Birkett", screen, StringComparison.Ordinal);
        Assert.Contains("Sources", screen, StringComparison.Ordinal);
        Assert.Equal(coloured, screen.Contains("\u001b[38;5;", StringComparison.Ordinal) || screen.Contains("\u001b[9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Long_work_moves_a_bar_and_leaves_nothing_of_it()
    {
        using var index = new WorkFolder();
        string model = SharedData.Require("models", "all-MiniLM-L6-v2");
        string screen = await RunAsync(null, ["ingest", observatory.Documents, "--index", index.Path, "--embedding-model", model]);
        Assert.Contains("14 added", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("rag: ", screen, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string? noColor, string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(Script), "There is no 'script' to play a terminal.");
        string command = string.Join(' ', arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "rag.dll")).Prepend("dotnet").Select(argument => $"'{argument}'"));
        var start = new ProcessStartInfo(Script, ["-qec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        if (noColor is { } value)
        {
            start.Environment["NO_COLOR"] = value;
        }

        start.Environment["HF_HUB_OFFLINE"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string screen = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return screen;
    }
}
