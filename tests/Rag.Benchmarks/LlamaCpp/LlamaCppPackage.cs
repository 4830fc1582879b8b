using System.ComponentModel;
using System.Diagnostics;

namespace Rag.Benchmarks.LlamaCpp;

/// <summary>npm's node-llama-cpp with its binary for this machine, without its other ones, in a folder that is ours to write.</summary>
internal static class LlamaCppPackage
{
    public const string Version = "3.22.1";

    /// <summary>Installs it where it is not there.</summary>
    /// <returns>Why it cannot be had; null where it is there.</returns>
    public static async Task<string?> InstallAsync(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules", "node-llama-cpp")))
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"private":true}""");
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "mac" : "linux";
        string processor = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return await NpmAsync(folder, $"@node-llama-cpp/{system}-{processor}{(system == "mac" && processor == "arm64" ? "-metal" : "")}@{Version}", $"node-llama-cpp@{Version}");
    }

    /// <summary>Installs packages of npm in a folder.</summary>
    /// <returns>Why they cannot be had; null where they are there.</returns>
    public static async Task<string?> NpmAsync(string folder, params string[] packages)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["install", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", .. packages])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process npm = Process.Start(start)!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            string errors = await npm.StandardError.ReadToEndAsync();
            await output;
            await npm.WaitForExitAsync();
            return npm.ExitCode == 0 ? null : errors.Trim();
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
