using System.Diagnostics;
using System.Globalization;

namespace Rag.Cli.Tests.Support;

/// <summary>Signals to the tool. A job in the background of a script ignores SIGINT, and so would all that it starts.</summary>
internal static class Signals
{
    /// <summary>What a program must be started with so that it heeds SIGINT; empty where it does anyway.</summary>
    public static IReadOnlyList<string> Heeding { get; } = Ignored("self", 2) && Env("--default-signal=INT", "true") ? ["env", "--default-signal=INT"] : [];

    /// <summary>Sends INT or TERM; where the process was told from outside to ignore it, ends the process and skips the test.</summary>
    public static async Task SendAsync(Process process, string name)
    {
        string? reason = OperatingSystem.IsWindows() ? "There are no signals on Windows."
            : Ignored(process.Id.ToString(CultureInfo.InvariantCulture), name == "INT" ? 2 : 15) ? $"SIG{name} is ignored here."
            : null;
        if (reason is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Assert.Skip(reason);
        }

        using Process kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static bool Ignored(string process, int signal)
    {
        string status = $"/proc/{process}/status";
        string? mask = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return mask is not null && (Convert.ToUInt64(mask["SigIgn:".Length..].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    private static bool Env(params string[] arguments)
    {
        using Process env = Process.Start(new ProcessStartInfo("env", arguments) { RedirectStandardError = true })!;
        env.WaitForExit();
        return env.ExitCode == 0;
    }
}
