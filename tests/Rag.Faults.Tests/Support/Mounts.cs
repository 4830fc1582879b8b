using System.Diagnostics;
using Rag.Cli.Tests.Support;

namespace Rag.Faults.Tests.Support;

/// <summary>Runs a shell script in which file systems can be mounted that nobody else sees; skips the test where that may not be.</summary>
internal static class Mounts
{
    /// <summary>Runs the script; in it <c>rag</c> is the tool, and $1, $2 and so on are the arguments.</summary>
    public static async Task<ToolResult> RunAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && (await StartAsync("true", [])).ExitCode == 0, "File systems cannot be mounted here.");
        return await StartAsync(script, arguments);
    }

    private static async Task<ToolResult> StartAsync(string script, string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        string tool = Path.Combine(AppContext.BaseDirectory, "rag.dll");
        ProcessStartInfo start = new("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", $"rag() {{ '{host}' '{tool}' \"$@\"; }}\n{script}", "sh", .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["HF_HUB_OFFLINE"] = "1";
        try
        {
            using Process process = Process.Start(start)!;
            return await RagTool.EndAsync(process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return new(-1, "", error.Message);
        }
    }
}
