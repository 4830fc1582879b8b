using System.Text.Json;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

/// <summary>Who asks sees what they may see, and of the rest nothing: no text, name, count, notice or error.</summary>
public sealed class AccessTests : IDisposable
{
    private const string Question = "What does the quarterly bonus amount to?";

    // Words that stand in the restricted documents alone.
    private static readonly string[] Secrets = ["board/", "bonus.md", "4711", "Xanthippe", "damaged.docx", "Salaries"];

    private readonly WorkFolder _work = new();

    public AccessTests()
    {
        _work.Write("docs/guide.md", "---\nkind: guide\nyear: 2020\n---\n# Guide\n\nThe quarterly report is due in May. The canteen opens at noon.\n");
        _work.Write("docs/notes.md", "---\nkind: note\nyear: 2024\naccess: ['*']\n---\n# Notes\n\nThe quarterly meeting is in room seven.\n");
        _work.Write("docs/board/bonus.md", "---\nkind: memo\naccess: ['*']\n---\n# Salaries\n\nThe quarterly bonus of Xanthippe amounts to 4711 crowns.\n");
        _work.Write("docs/board/damaged.docx", "no archive");
        _work.Write("access.json", """
            {
              // The first that fits decides.
              "board/**": ["board"],
              "notes.md": ["staff", "board"],
            }
            """);
    }

    private string[] Access => ["--access", _work.Below("access.json")];

    public void Dispose() => _work.Dispose();

    private Task<ToolResult> IngestAsync(params string[] more) => RagTool.RunAsync(["ingest", _work.Below("docs"), "--embedding-model", "none", .. more]);

    private Task<ToolResult> RunAsync(string command, string question, params string[] more) => RagTool.RunAsync([command, question, "--docs", _work.Below("docs"), .. more]);

    private async Task<string[]> FoundAsync(params string[] more)
    {
        JsonElement json = (await RunAsync("search", "quarterly", ["--json", .. more])).Json();
        return [.. json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("document").GetString()!).Order(StringComparer.Ordinal)];
    }

    private static void AssertSilent(ToolResult result) => Assert.All(Secrets, secret => Assert.DoesNotContain(secret, result.Out + result.Error, StringComparison.Ordinal));

    [Fact]
    public async Task Everybody_finds_what_they_may_read()
    {
        await IngestAsync(Access);

        Assert.Equal(["guide.md"], await FoundAsync());
        Assert.Equal(["guide.md", "notes.md"], await FoundAsync("--as", "staff"));
        Assert.Equal(["board/bonus.md", "guide.md", "notes.md"], await FoundAsync("--as", "ada", "--as", "board"));
        Assert.Equal(["guide.md"], await FoundAsync("--as", "Board"));
    }

    [Fact]
    public async Task A_protected_index_shows_nothing_to_who_is_not_named()
    {
        await IngestAsync([.. Access, "--protect"]);

        Assert.Empty(await FoundAsync());
        Assert.Equal(["notes.md"], await FoundAsync("--as", "staff"));
        Assert.Equal(["board/bonus.md", "notes.md"], await FoundAsync("--as", "board"));

        _work.Write("access.json", """{ "board/": ["board"], "**": ["*"] }""");
        await IngestAsync(Access);
        Assert.Empty(await FoundAsync());
        Assert.Equal(["guide.md", "notes.md"], await FoundAsync("--as", "anybody"));
    }

    [Theory]
    [InlineData("search")]
    [InlineData("ask")]
    public async Task Nothing_that_is_printed_tells_of_what_may_not_be_read(string command)
    {
        await IngestAsync(Access);
        foreach (string[] scope in (string[][])[[], ["--as", "staff"], ["--as", "staff", "--where", "kind = 'memo'"], ["--where", "document.id = 'board/bonus.md'"]])
        {
            // What is new is read before the question is answered, and is no business of theirs either.
            _work.Write($"docs/board/{scope.Length}.md", "The bonus of Xanthippe was 4711.");
            AssertSilent(await RunAsync(command, Question, scope));
            AssertSilent(await RunAsync(command, Question, ["--json", .. scope]));
        }
    }

    [Fact]
    public async Task What_those_print_who_may_read_nothing_is_what_they_would_print_if_it_were_not_there()
    {
        await IngestAsync(Access);
        ToolResult with = await RunAsync("search", Question, "--as", "staff", "--json");
        Directory.Delete(_work.Below("docs/board"), recursive: true);
        ToolResult without = await RunAsync("search", Question, "--as", "staff", "--json");

        Assert.Equal(without.Out, with.Out);
        Assert.Equal(without.Error, with.Error);
    }

    [Fact]
    public async Task A_conversation_and_its_sources_keep_to_what_may_be_read()
    {
        await IngestAsync(Access);
        ToolResult result = await RagTool.RunAsync(["chat", "--docs", _work.Below("docs"), "--as", "staff"], $"{Question}\n/sources\n");

        AssertSilent(result);
        Assert.Contains("quarterly", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_read_it_is_answered_from_it()
    {
        await IngestAsync(Access);
        JsonElement json = (await RunAsync("ask", Question, "--as", "board", "--json")).Json();

        Assert.Equal("board/bonus.md", json.GetProperty("citations")[0].GetProperty("document").GetString());
        Assert.Contains("4711", json.GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_and_later_ingests_keep_to_the_rules_named_last()
    {
        await IngestAsync(Access);
        _work.Write("docs/board/late.md", "A quarterly secret.");
        Assert.Equal(["guide.md"], await FoundAsync());
        await IngestAsync();
        Assert.Equal(["guide.md"], await FoundAsync());

        _work.Write("access.json", "{}");
        await IngestAsync(Access);
        Assert.Equal(["board/bonus.md", "board/late.md", "guide.md", "notes.md"], await FoundAsync());
    }

    [Fact]
    public async Task Filters_find_what_front_matter_says()
    {
        await IngestAsync();

        Assert.Equal(["notes.md"], await FoundAsync("--where", "kind = 'note'"));
        Assert.Equal(["guide.md"], await FoundAsync("--where", "year < 2024"));
        Assert.Equal(["board/bonus.md"], await FoundAsync("--where", "not year exists"));
        JsonElement json = (await RunAsync("ask", "When does the canteen open?", "--where", "kind = 'note'", "--json")).Json();
        Assert.All(json.GetProperty("retrieved").EnumerateArray(), passage => Assert.Equal("notes.md", passage.GetProperty("document").GetString()));
    }

    [Theory]
    [InlineData("""{ "board/**": "board" }""", "a list of names for 'board/**'")]
    [InlineData("""{ "board/**": [1] }""", "names in quotes")]
    [InlineData("""{ "board/**": [" "] }""", "no name for access")]
    [InlineData("""{ "a": ["x"], "a": [] }""", "cannot be used")]
    [InlineData("""{ "/board": ["x"] }""", "no pattern of documents")]
    [InlineData("[]", "an object of patterns")]
    [InlineData("{ \"board", "cannot be used")]
    public async Task An_access_file_that_cannot_be_used_ends_the_ingest_before_anything_is_shown(string json, string said)
    {
        await IngestAsync(Access);
        _work.Write("access.json", json);
        ToolResult result = await IngestAsync(Access);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.Equal(["guide.md"], await FoundAsync());
    }

    [Fact]
    public async Task An_access_file_among_the_documents_is_refused()
    {
        ToolResult result = await IngestAsync("--access", _work.Write("docs/access.json", "{}"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("lies among the documents", result.Error, StringComparison.Ordinal);

        File.CreateSymbolicLink(_work.Below("link.json"), _work.Below("docs/access.json"));
        Assert.Equal(1, (await IngestAsync("--access", _work.Below("link.json"))).ExitCode);
        Assert.Equal(1, (await IngestAsync("--access", _work.Below("none.json"))).ExitCode);
    }

    [Theory]
    [InlineData("*")]
    [InlineData(" ")]
    public async Task A_name_that_is_nobodys_is_refused(string name)
    {
        await IngestAsync(Access);
        ToolResult result = await RunAsync("search", "quarterly", "--as", name);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("", result.Out);
        AssertSilent(result);
    }
}
