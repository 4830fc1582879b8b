using System.Text.Json;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class IngestCommandTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Second_run_reads_only_what_changed_and_forgets_what_vanished()
    {
        _folder.Write("a.md", "# A\n\nThe kettle is blue.");
        _folder.Write("sub/b.txt", "The lamp is green.");
        _folder.Write("gone.txt", "The chair is red.");
        JsonElement first = (await IngestAsync()).Json();
        Assert.Equal((3, 0, 0, 0), Counts(first));
        Assert.Equal(["added", "updated", "unchanged", "removed", "failed", "chunks", "embedded", "seconds"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal(3, first.GetProperty("chunks").GetInt32());
        Assert.True(first.GetProperty("seconds").GetDouble() >= 0);
        Assert.True(Directory.Exists(_folder.Below(".rag")));

        _folder.Write("a.md", "# A\n\nThe kettle is yellow.");
        File.Delete(_folder.Below("gone.txt"));
        JsonElement second = (await IngestAsync()).Json();
        Assert.Equal((0, 1, 1, 1), Counts(second));
        Assert.Equal(2, second.GetProperty("chunks").GetInt32());
    }

    [Fact]
    public async Task Single_failures_are_results_and_the_rest_is_done()
    {
        _folder.Write("good.txt", "The lamp is green.");
        _folder.Write("empty.txt", "");
        byte[] noise = new byte[4_096];
        new Random(5).NextBytes(noise);
        _folder.Write("binary.txt", noise);
        _folder.Write("broken.docx", "this is no zip");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(_folder.Below("broken-link.txt"), _folder.Below("nowhere.txt"));
        }

        JsonElement result = (await IngestAsync()).Json();
        string[] failed = [.. result.GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("document").GetString()!)];
        Assert.Contains("binary.txt", failed);
        Assert.Contains("broken.docx", failed);
        Assert.True(OperatingSystem.IsWindows() || failed.Contains("broken-link.txt"), string.Join(", ", failed));
        Assert.DoesNotContain("good.txt", failed);
        Assert.All(result.GetProperty("failed").EnumerateArray(), failure => Assert.NotEmpty(failure.GetProperty("error").GetString()!));
        Assert.True(result.GetProperty("added").GetInt32() >= 1);

        ToolResult search = await RagTool.RunAsync("search", "lamp", "--docs", _folder.Path, "--json");
        Assert.Equal("good.txt", search.Json().GetProperty("results")[0].GetProperty("document").GetString());
    }

    [Fact]
    public async Task For_a_person_it_counts_on_standard_output_and_lists_failures_on_standard_error()
    {
        _folder.Write("good.txt", "The lamp is green.");
        _folder.Write("broken.docx", "this is no zip");
        ToolResult result = await RagTool.RunAsync("ingest", _folder.Path, "--embedding-model", "none");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("1 added, 0 updated, 0 unchanged, 0 removed, 1 failed\n1 chunk in ", result.Out, StringComparison.Ordinal);
        Assert.Matches("left out: .*broken\\.docx", result.Error);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
    }

    [Fact]
    public async Task Index_inside_the_documents_is_no_document()
    {
        _folder.Write("a.txt", "The lamp is green.");
        string index = _folder.Below("kept/index");
        foreach (string expected in (string[])["1 added, 0 updated, 0 unchanged", "0 added, 0 updated, 1 unchanged"])
        {
            ToolResult result = await RagTool.RunAsync("ingest", _folder.Path, "--index", index, "--embedding-model", "none");
            Assert.StartsWith(expected + ", 0 removed, 0 failed\n", result.Out, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(index, "index.db")));
        Assert.False(Directory.Exists(_folder.Below(".rag")));
    }

    [Fact]
    public async Task Large_text_is_a_failure_of_its_own()
    {
        _folder.Write("good.txt", "The lamp is green.");
        using (FileStream large = File.Create(_folder.Below("large.txt")))
        {
            large.SetLength(200L << 20);
        }

        JsonElement failure = Assert.Single((await IngestAsync()).Json().GetProperty("failed").EnumerateArray());
        Assert.Equal("large.txt", failure.GetProperty("document").GetString());
        Assert.Contains("MaxFileBytes", failure.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_stays_a_small_multiple_of_the_text()
    {
        const int Characters = 16_000_000;
        const string HeapLimit = "0xC000000";
        var random = new Random(11);
        var text = new System.Text.StringBuilder(Characters);
        while (text.Length < Characters)
        {
            for (int word = 0; word < 15; word++)
            {
                text.Append("word").Append(random.Next(10_000)).Append(' ');
            }

            text.Append(random.Next(5) == 0 ? "ends.\n\n" : "ends. ");
        }

        _folder.Write("long.txt", text.ToString());
        ToolResult result = await RagTool.RunAsync(
            ["ingest", _folder.Path, "--json", "--embedding-model", "none"], "", ("DOTNET_GCHeapHardLimit", HeapLimit));
        Assert.Equal((1, 0, 0, 0), Counts(result.Json()));
    }

    private Task<ToolResult> IngestAsync() => RagTool.RunAsync("ingest", _folder.Path, "--json");

    private static (int Added, int Updated, int Unchanged, int Removed) Counts(JsonElement result) => (
        result.GetProperty("added").GetInt32(),
        result.GetProperty("updated").GetInt32(),
        result.GetProperty("unchanged").GetInt32(),
        result.GetProperty("removed").GetInt32());
}
