using System.Diagnostics;
using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class InterruptTests : IDisposable
{
    private const int Files = 1_500;
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Waiting_for_input_ends_with_the_signal(string signal, int exitCode)
    {
        _folder.Write("a.txt", "The lamp is green.");
        using Process process = RagTool.Start(["chat", "--docs", _folder.Path]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string? line = await process.StandardError.ReadLineAsync();
        while (line?.Contains("--model ", StringComparison.Ordinal) == false)
        {
            line = await process.StandardError.ReadLineAsync();
        }

        Task<string> error = process.StandardError.ReadToEndAsync();
        await Signals.SendAsync(process, signal);
        ToolResult result = await RagTool.EndAsync(process, output, error);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_ingest_leaves_an_index_that_the_next_run_completes()
    {
        for (int i = 0; i < Files; i++)
        {
            _folder.Write($"{i % 10}/{i}.txt", $"Lamp number {i} is green. It hangs in room {i * 7 % 101}.");
        }

        using Process process = RagTool.Start(["ingest", _folder.Path, "--json"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string log = _folder.Below(".rag/index.db-wal");
        // One look at the file for both: it comes and goes while the index is made.
        while (!process.HasExited && new FileInfo(log) is not { Exists: true, Length: >= 200_000 })
        {
            await Task.Delay(5);
        }

        await Signals.SendAsync(process, "INT");
        ToolResult stopped = await RagTool.EndAsync(process, output, error);
        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("", stopped.Out);

        JsonElement rerun = (await RagTool.RunAsync("ingest", _folder.Path, "--json")).Json();
        Assert.InRange(rerun.GetProperty("unchanged").GetInt32(), 1, Files - 1);
        Assert.Equal(Files, rerun.GetProperty("unchanged").GetInt32() + rerun.GetProperty("added").GetInt32());
        Assert.Equal(Files, rerun.GetProperty("chunks").GetInt32());
    }

    [Fact]
    public async Task Interrupted_quantize_leaves_nothing_half_written()
    {
        string whole = _folder.Below("whole"), small = _folder.Below("small");
        TinyLlama.Write(whole, vocabSize: 16_000, hidden: 512);
        using Process process = RagTool.Start(["models", "quantize", whole, "--out", small]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && !Directory.Exists(small + ".partial"))
        {
            await Task.Delay(5);
        }

        await Signals.SendAsync(process, "INT");
        ToolResult stopped = await RagTool.EndAsync(process, output, error);
        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("", stopped.Out);
        Assert.Equal([whole], Directory.GetFileSystemEntries(_folder.Path));
    }
}
