using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

/// <summary>
/// The whole way from a question through prompt, tokens and text to a checked citation, with a tiny model that has learned
/// to say one thing.
/// </summary>
[Collection(ObservatoryGroup.Name)]
public sealed class CitedAnswerTests(ObservatoryFixture observatory) : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reference_of_the_model_becomes_a_citation_that_quotes_the_file()
    {
        JsonElement json = await AskAsync("The caretaker Tom Birkett saved the mirror", " [1]", " with blankets.");
        Assert.Equal("The caretaker Tom Birkett saved the mirror [1] with blankets.", json.GetProperty("answer").GetString());
        Assert.False(json.GetProperty("refused").GetBoolean());
        JsonElement citation = Assert.Single(json.GetProperty("citations").EnumerateArray());
        Assert.Equal("history.md", citation.GetProperty("document").GetString());
        string quote = citation.GetProperty("quote").GetString()!;
        Assert.Contains("Tom Birkett", quote, StringComparison.Ordinal);
        string file = await File.ReadAllTextAsync(Path.Combine(observatory.Documents, "history.md"), TestContext.Current.CancellationToken);
        Assert.Equal(file[citation.GetProperty("start").GetInt32()..citation.GetProperty("end").GetInt32()], quote);

        // Three pieces and the end of the turn.
        Assert.Equal(4, json.GetProperty("usage").GetProperty("outputTokens").GetInt64());
    }

    [Fact]
    public async Task Reference_to_no_source_is_no_citation()
    {
        JsonElement json = await AskAsync("The caretaker Tom Birkett saved the mirror", " [99]", " with blankets.");
        Assert.Empty(json.GetProperty("citations").EnumerateArray());
        Assert.DoesNotContain("[99]", json.GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_of_the_model_is_a_refusal()
    {
        JsonElement json = await AskAsync(Answering.Refusal.DefaultSentence);
        Assert.True(json.GetProperty("refused").GetBoolean());
        Assert.Empty(json.GetProperty("citations").EnumerateArray());
        Assert.NotEmpty(json.GetProperty("retrieved").EnumerateArray());
    }

    private async Task<JsonElement> AskAsync(params string[] says)
    {
        string model = Directory.CreateDirectory(_folder.Below("model-that-knows")).FullName;
        TinyChatModel.Write(model, maxPositions: 8_192, says: says);
        return (await RagTool.RunAsync(observatory.With("ask", "Who saved the main mirror from the fire?", "--model", model, "--json"))).Json();
    }
}
