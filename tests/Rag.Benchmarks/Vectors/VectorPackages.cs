using System.ComponentModel;
using System.Diagnostics;

namespace Rag.Benchmarks.Vectors;

/// <summary>npm's hnswlib-node, compiled for this machine's processor, and usearch, in a folder that is ours to write.</summary>
internal static class VectorPackages
{
    private static readonly string[] Packages = ["hnswlib-node@3.0.0", "usearch@2.26.2"];

    /// <summary>Installs them where they are not there.</summary>
    /// <returns>Why they cannot be had; null where they are there.</returns>
    public static async Task<string?> InstallAsync(string folder)
    {
        if (File.Exists(Path.Combine(folder, "node_modules", "hnswlib-node", "build", "Release", "addon.node")))
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"private":true}""");
        return await NpmAsync(folder, ["install", "--no-audit", "--no-fund", .. Packages]) ?? await NpmAsync(folder, ["rebuild", "hnswlib-node", "usearch"]);
    }

    private static async Task<string?> NpmAsync(string folder, string[] arguments)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["CXXFLAGS"] = "-O3 -march=native";
        foreach (string argument in arguments)
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
