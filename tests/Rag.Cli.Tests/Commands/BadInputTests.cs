using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class BadInputTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Empty_folder_is_a_sentence(bool json)
    {
        string[] more = json ? ["--json"] : [];
        Assert.Contains("no documents", (await RagTool.RunAsync(["ingest", _folder.Path, .. more])).Sentence(), StringComparison.Ordinal);
        Assert.Contains("no documents", (await RagTool.RunAsync(["ask", "what?", "--docs", _folder.Path, .. more])).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_is_a_file_is_a_sentence()
    {
        string file = _folder.Write("a.txt", "The lamp is green.");
        Assert.Contains("is a file", (await RagTool.RunAsync("ingest", file)).Sentence(), StringComparison.Ordinal);
        Assert.Contains("is a file", (await RagTool.RunAsync("ask", "what?", "--docs", file, "--json")).Sentence(), StringComparison.Ordinal);
        Assert.Contains("is a file", (await RagTool.RunAsync("ingest", _folder.Path, "--index", file)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_is_not_there_is_a_sentence_and_is_not_made()
    {
        string nowhere = _folder.Below("nowhere");
        Assert.Contains("no folder", (await RagTool.RunAsync("search", "what?", "--docs", nowhere)).Sentence(), StringComparison.Ordinal);
        Assert.False(Path.Exists(nowhere));
    }

    [Fact]
    public async Task Documents_without_text_leave_nothing_to_ask()
    {
        _folder.Write("empty.txt", "");
        Assert.Contains("no text", (await RagTool.RunAsync("ask", "what?", "--docs", _folder.Path)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_question_as_an_argument_is_a_sentence()
    {
        _folder.Write("a.txt", "The lamp is green.");
        string question = string.Concat(Enumerable.Repeat("lamp ", 20_000));
        Assert.Contains("MaxQuestionLength", (await RagTool.RunAsync("ask", question, "--docs", _folder.Path, "--json")).Sentence(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(20 << 20)]
    public async Task Long_question_from_standard_input_is_a_sentence(int length)
    {
        _folder.Write("a.txt", "The lamp is green.");
        using System.Diagnostics.Process process = RagTool.Start(["ask", "-", "--docs", _folder.Path, "--json"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(new string('x', length));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What is far too long is not read to its end.
        }

        Assert.Contains("MaxQuestionLength", (await RagTool.EndAsync(process, output, error)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_standard_input_is_a_sentence()
    {
        _folder.Write("a.txt", "The lamp is green.");
        Assert.Contains("no question", (await RagTool.RunAsync("ask", "-", "--docs", _folder.Path)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_folder_without_a_model_is_a_sentence()
    {
        _folder.Write("docs/a.txt", "The lamp is green.");
        string model = Directory.CreateDirectory(_folder.Below("model")).FullName;
        string docs = _folder.Below("docs");
        Assert.Contains("config.json", (await RagTool.RunAsync("ask", "lamp?", "--docs", docs, "--embedding-model", model)).Sentence(), StringComparison.Ordinal);
        Assert.Contains("config.json", (await RagTool.RunAsync("ask", "lamp?", "--docs", docs, "--model", model, "--json")).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_cannot_be_downloaded_is_a_sentence()
    {
        _folder.Write("a.txt", "The lamp is green.");
        string sentence = (await RagTool.RunAsync("ask", "lamp?", "--docs", _folder.Path, "--model", "org/name", "--offline")).Sentence();
        Assert.Contains("org/name", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_index_is_a_sentence()
    {
        _folder.Write("a.txt", "The lamp is green.");
        _folder.Write(".rag/index.db", string.Concat(Enumerable.Repeat("this is no database. ", 1_000)));
        (await RagTool.RunAsync("search", "lamp", "--docs", _folder.Path)).Sentence();
    }

    [Fact]
    public async Task Escape_sequences_in_documents_and_names_reach_no_terminal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such file names.");
        _folder.Write("lamp\u001b[31m.txt", "The lamp \u001b]0;owned\u0007 is green\u202E. It shines.");
        ToolResult search = await RagTool.RunAsync("search", "lamp", "--docs", _folder.Path);
        ToolResult ask = await RagTool.RunAsync("ask", "lamp?", "--docs", _folder.Path);
        ToolResult json = await RagTool.RunAsync("ask", "lamp?", "--docs", _folder.Path, "--json");
        string everything = search.Out + search.Error + ask.Out + ask.Error + json.Out + json.Error;
        Assert.Contains("lamp", search.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(everything, character => character is '\u001b' or '\u0007' or '\u202E');
    }
}
