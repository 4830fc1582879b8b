using System.Text.Json;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class IndexCommandTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("index", "index")]
    [InlineData("index-stats", "index", "stats")]
    [InlineData("index-check", "index", "check")]
    [InlineData("index-rebuild", "index", "rebuild")]
    [InlineData("index-export", "index", "export")]
    [InlineData("index-import", "index", "import")]
    public async Task They_help(string name, params string[] command) => Golden.Check("help-" + name, (await RagTool.RunAsync([.. command, "--help"])).Out);

    [Fact]
    public async Task Stats_count_what_was_ingested()
    {
        await IngestAsync();
        JsonElement json = (await RagTool.RunAsync("index", "stats", "--docs", _folder.Below("docs"), "--json")).Json();
        Assert.Equal(3, json.GetProperty("documents").GetInt32());
        Assert.Equal(3, json.GetProperty("chunks").GetInt32());
        Assert.Equal(json.GetProperty("vectors").GetInt32(), json.GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == "vectors").GetProperty("rows").GetInt32());
        ToolResult table = await RagTool.RunAsync("index", "stats", "--index", _folder.Below("docs/.rag"));
        Assert.Contains("| documents |          3 |", table.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_is_content_with_a_sound_index_and_names_the_faults_of_another_until_it_is_rebuilt()
    {
        await IngestAsync();
        Assert.Equal("The index is sound.\n", (await CheckAsync()).Out);
        Damage("DELETE FROM postings WHERE term = CAST('lamp' AS BLOB)");
        ToolResult found = await CheckAsync();
        Assert.Equal(Cli.ExitCode.Failed, found.ExitCode);
        Assert.Contains("difference between the postings and the terms", found.Out, StringComparison.Ordinal);
        ToolResult rebuilt = await RagTool.RunAsync("index", "rebuild", "--docs", _folder.Below("docs"));
        Assert.StartsWith("Made anew: ", rebuilt.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await CheckAsync()).ExitCode);
    }

    [Fact]
    public async Task What_is_exported_and_imported_is_the_same_index()
    {
        await IngestAsync();
        string file = _folder.Below("index.jsonl"), again = _folder.Below("again.jsonl");
        Assert.Equal(3, (await RagTool.RunAsync("index", "export", file, "--docs", _folder.Below("docs"), "--json")).Json().GetProperty("documents").GetInt32());
        Assert.Contains("is there already", (await RagTool.RunAsync("index", "export", file, "--docs", _folder.Below("docs"))).Sentence(), StringComparison.Ordinal);
        Assert.Equal(3, (await RagTool.RunAsync("index", "import", file, "--index", _folder.Below("copy"), "--json")).Json().GetProperty("documents").GetInt32());
        Assert.Equal(0, (await RagTool.RunAsync("index", "check", "--index", _folder.Below("copy"))).ExitCode);
        await RagTool.RunAsync("index", "export", again, "--index", _folder.Below("copy"));
        Assert.Equal(await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(again));
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("check")]
    [InlineData("rebuild")]
    public async Task Where_there_is_no_index_is_a_sentence_and_none_is_made(string command)
    {
        string empty = Directory.CreateDirectory(_folder.Below("empty")).FullName;
        Assert.Contains("There is no index", (await RagTool.RunAsync("index", command, "--index", empty)).Sentence(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
        Assert.Contains("--docs DIR or --index DIR", (await RagTool.RunAsync("index", command)).Sentence(Cli.ExitCode.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_export_is_a_sentence()
    {
        string file = _folder.Write("notes.jsonl", "{\"format\":\"notes\"}\n");
        Assert.Contains("does not begin as an export", (await RagTool.RunAsync("index", "import", file, "--index", _folder.Below("copy"))).Sentence(), StringComparison.Ordinal);
        Assert.Contains("There is no file", (await RagTool.RunAsync("index", "import", _folder.Below("none.jsonl"), "--index", _folder.Below("copy"))).Sentence(), StringComparison.Ordinal);
    }

    private async Task IngestAsync()
    {
        _folder.Write("docs/a.md", "# Lamps\n\nThe lamp is green.");
        _folder.Write("docs/b.txt", "The harbour lamp is red. 등대");
        _folder.Write("docs/c.txt", "Nothing hangs in the third room.");
        (await RagTool.RunAsync("ingest", _folder.Below("docs"), "--embedding-model", "starter", "--json")).Json();
    }

    private Task<ToolResult> CheckAsync() => RagTool.RunAsync("index", "check", "--docs", _folder.Below("docs"));

    private void Damage(string sql)
    {
        using Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={_folder.Below("docs/.rag/index.db")};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
