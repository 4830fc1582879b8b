using System.Diagnostics;
using System.Text;

namespace Rag.Cli.Tests.Support;

/// <summary>Runs the built tool as a child process, without network and without what this process's environment says.</summary>
internal static class RagTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Cleared = ["RAG_EMBEDDING_MODEL", "RAG_MODEL", "RAG_DEBUG", "HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "HF_TOKEN"];

    /// <summary>Runs to the end.</summary>
    public static Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(arguments, input: "");

    /// <summary>Runs to the end with an input and more environment.</summary>
    public static async Task<ToolResult> RunAsync(string[] arguments, string input, params (string Name, string Value)[] environment)
    {
        using Process process = Start(arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process, output, error);
    }

    /// <summary>Starts and leaves the rest to the caller.</summary>
    public static Process Start(string[] arguments, params (string Name, string Value)[] environment) => StartProgram("rag.dll", arguments, environment);

    /// <summary>Starts another program that was built beside the tests.</summary>
    public static Process StartProgram(string assembly, string[] arguments, params (string Name, string Value)[] environment)
    {
        string[] command = [.. Signals.Heeding, DotNet, Path.Combine(AppContext.BaseDirectory, assembly), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in Cleared)
        {
            start.Environment.Remove(name);
        }

        start.Environment["HF_HUB_OFFLINE"] = "1";
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Path.GetTempPath(), "rag-tests-no-models");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end.</summary>
    public static async Task<ToolResult> EndAsync(Process process, Task<string> output, Task<string> error)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The tool did not end within {Patience.TotalSeconds} seconds.");
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
}
