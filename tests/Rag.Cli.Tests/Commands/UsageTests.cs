using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class UsageTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("ask")]
    [InlineData("ask", "what?")]
    [InlineData("ask", "--docs", ".")]
    [InlineData("ask", "what?", "--docs")]
    [InlineData("ask", " ", "--docs", ".")]
    [InlineData("ask", "what?", "--docs", ".", "--frobnicate")]
    [InlineData("search", "what?", "--docs", ".", "--top", "0")]
    [InlineData("search", "what?", "--docs", ".", "--top", "many")]
    [InlineData("search", "what?", "--docs", ".", "--top", "1001")]
    [InlineData("ask", "what?", "--docs", ".", "--temperature", "warm")]
    [InlineData("ask", "what?", "--docs", ".", "--max-tokens", "0")]
    [InlineData("ingest")]
    [InlineData("ingest", "one", "two")]
    [InlineData("models", "pull")]
    public async Task Misuse_is_a_sentence_with_a_hint_and_exit_code_2(params string[] arguments)
    {
        string sentence = (await RagTool.RunAsync(arguments)).Sentence(Cli.ExitCode.Usage);
        Assert.Matches("Try 'rag( [a-z]+)* --help'.$", sentence);
    }

    [Fact]
    public async Task Alone_it_helps()
    {
        ToolResult alone = await RagTool.RunAsync();
        Assert.Equal(0, alone.ExitCode);
        Assert.Equal(alone, await RagTool.RunAsync("--help"));
        Golden.Check("help", alone.Out);
    }

    [Theory]
    [InlineData("ask")]
    [InlineData("chat")]
    [InlineData("ingest")]
    [InlineData("search")]
    [InlineData("models")]
    public async Task Every_command_helps(string command)
    {
        ToolResult result = await RagTool.RunAsync(command, "--help");
        Assert.Equal(0, result.ExitCode);
        Golden.Check("help-" + command, result.Out);
    }

    [Fact]
    public async Task Version_is_a_number() => Assert.Matches(@"^\d+\.\d+\.\d+", (await RagTool.RunAsync("--version")).Out);
}
