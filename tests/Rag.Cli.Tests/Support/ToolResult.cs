using System.Text.Json;

namespace Rag.Cli.Tests.Support;

/// <summary>What a run of the tool came to.</summary>
internal sealed record ToolResult(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output as the one JSON object on one line that it must be.</summary>
    public JsonElement Json()
    {
        Assert.True(ExitCode == 0, ToString());
        Assert.EndsWith("\n", Out, StringComparison.Ordinal);
        Assert.Equal(1, Out.Count(character => character == '\n'));
        using JsonDocument document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    /// <summary>Checks that it failed with one sentence and nothing else.</summary>
    public string Sentence(int exitCode = Cli.ExitCode.Failed)
    {
        Assert.True(ExitCode == exitCode, ToString());
        Assert.Equal("", Out);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        string line = Error.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("rag: ", line, StringComparison.Ordinal);
        Assert.EndsWith(".", line, StringComparison.Ordinal);
        return line;
    }

    public override string ToString() => $"exit code {ExitCode}\n--- out\n{Out}\n--- error\n{Error}";
}
