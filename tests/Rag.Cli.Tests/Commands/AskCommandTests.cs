using System.Text.Json;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

[Collection(ObservatoryGroup.Name)]
public sealed class AskCommandTests(ObservatoryFixture observatory)
{
    [Fact]
    public async Task Without_a_model_the_answer_is_verbatim_and_one_line_says_so()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("ask", "Who saved the mirror?", "--json"));
        JsonElement json = result.Json();
        Assert.Equal(
            ["answer", "generator", "refused", "citations", "retrieved", "usage", "timings", "confidence"], json.EnumerateObject().Select(member => member.Name).Where(name => name != "note"));
        Assert.Equal("reader", json.GetProperty("generator").GetString());
        Assert.False(json.GetProperty("refused").GetBoolean());
        Assert.Contains("Birkett", json.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(0, json.GetProperty("retrieved").GetArrayLength());
        Assert.NotEqual(0, json.GetProperty("citations").GetArrayLength());
        foreach (JsonElement citation in json.GetProperty("citations").EnumerateArray())
        {
            string document = citation.GetProperty("document").GetString()!;
            if (Path.GetExtension(document) is ".md" or ".txt")
            {
                string text = await File.ReadAllTextAsync(Path.Combine(observatory.Documents, document));
                Assert.Equal(text[citation.GetProperty("start").GetInt32()..citation.GetProperty("end").GetInt32()], citation.GetProperty("quote").GetString());
            }
        }

        Assert.Single(result.Error.Split('\n'), line => line.Contains("--model", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Question_comes_from_standard_input()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("ask", "-", "--json"), "Who saved\nthe mirror?\n");
        Assert.Contains("Birkett", result.Json().GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_person_the_answer_comes_with_its_sources_and_plain()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("ask", "Where is the first-aid box?"));
        Golden.Check("ask", result.Out);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
    }

    [Fact]
    public async Task Question_that_the_documents_share_no_word_with_is_refused_and_that_is_no_failure()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("ask", "xyzzyplugh?", "--json"))).Json();
        Assert.True(json.GetProperty("refused").GetBoolean());
        Assert.Equal(0, json.GetProperty("citations").GetArrayLength());
        Assert.NotEmpty(json.GetProperty("answer").GetString()!);
    }
}
