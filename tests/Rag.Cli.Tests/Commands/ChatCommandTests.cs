using System.Text.Json;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

[Collection(ObservatoryGroup.Name)]
public sealed class ChatCommandTests(ObservatoryFixture observatory)
{
    [Fact]
    public async Task Piped_lines_are_questions_and_commands()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("chat", "--top", "3"), "Who saved the mirror?\n\n/sources\n/dance\n/new\n/quit\nnever read\n");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Birkett", result.Out, StringComparison.Ordinal);
        Assert.Contains("  1. ", result.Out, StringComparison.Ordinal);
        Assert.Contains("There is no command /dance.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("> ", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
    }

    [Fact]
    public async Task Json_is_the_whole_talk_in_one_object()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("chat", "--json"), "Who saved the mirror?\r\nHow heavy is the mirror of Old Bess?");
        JsonElement[] turns = [.. result.Json().GetProperty("turns").EnumerateArray()];
        Assert.Equal(2, turns.Length);
        Assert.Equal("Who saved the mirror?", turns[0].GetProperty("question").GetString());
        Assert.Contains("214", turns[1].GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.All(turns, turn => Assert.Equal("reader", turn.GetProperty("generator").GetString()));
    }

    [Fact]
    public async Task Line_that_is_too_long_fails_alone()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("chat"), new string('x', 20_000) + "\nWho saved the mirror?\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("MaxQuestionLength", result.Error, StringComparison.Ordinal);
        Assert.Contains("Birkett", result.Out, StringComparison.Ordinal);
    }
}
