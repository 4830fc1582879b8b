using System.ComponentModel;
using System.Diagnostics;

namespace Rag.PublicApi.Tests;

/// <summary>The top level of the repository stays as small as it is.</summary>
public sealed class RepositoryTests
{
    private static readonly string[] TopLevel = ["connectors", "examples", "NOTICE", "Rag.sln", "README.md", "src", "tests"];

    [Fact]
    public void TopLevel_BesideDotFiles_HoldsNothingElse()
    {
        string root = Libraries.RepositoryRoot;

        IEnumerable<string> entries = TrackedFiles(root) ?? Directory.EnumerateFileSystemEntries(root).Select(path => Path.GetFileName(path));

        Assert.Empty(entries.Select(path => path.Split('/')[0]).Distinct().Where(name => !name.StartsWith('.')).Except(TopLevel));
    }

    /// <summary>What git tracks, or null where there is no git or no repository: a source archive is judged by its folder.</summary>
    private static string[]? TrackedFiles(string root)
    {
        ProcessStartInfo start = new("git", ["-C", root, "-c", "core.quotePath=false", "ls-files"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += static (_, _) => { };
            git.BeginErrorReadLine();
            string output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
