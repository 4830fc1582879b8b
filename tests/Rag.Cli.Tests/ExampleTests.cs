using System.Diagnostics;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests;

public sealed class ExampleTests
{
    [Fact]
    public async Task Ask_a_folder_answers_with_and_without_a_host()
    {
        using var folder = new WorkFolder();
        folder.Write("lamp.md", "# Lamps\n\nThe kitchen lamp is green.");
        using Process process = RagTool.StartProgram("AskAFolder.dll", [folder.Path, "Is the kitchen lamp green?"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        ToolResult result = await RagTool.EndAsync(process, output, error);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("lamp.md, characters ", result.Out, StringComparison.Ordinal);
        // Asked twice, quoted once.
        Assert.Equal(3, result.Out.Split("The kitchen lamp is green.").Length - 1);
    }

    [Fact]
    public void Examples_are_short()
    {
        foreach (string program in Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot!, "examples"), "Program.cs", SearchOption.AllDirectories))
        {
            Assert.True(File.ReadLines(program).Count() < 60, $"{program} has 60 lines or more.");
        }
    }
}
