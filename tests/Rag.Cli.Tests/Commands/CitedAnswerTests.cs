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

    [Fact]
    public async Task Quote_of_the_model_becomes_a_citation_as_it_is_written()
    {
        JsonElement json = await AskAsync(["It was “", "the caretaker, Tom Birkett", "”", " [1]", ", at night."], "--quotes");
        Assert.Equal("It was “the caretaker, Tom Birkett” [1], at night.", json.GetProperty("answer").GetString());
        JsonElement citation = Assert.Single(json.GetProperty("citations").EnumerateArray());
        Assert.Equal(("history.md", "the caretaker, Tom Birkett"), (citation.GetProperty("document").GetString(), citation.GetProperty("quote").GetString()));
    }

    // Without the constraint the model says the one thing that it knows.
    [Theory]
    [InlineData("the caretaker, Tom Jones", " [1]")]
    [InlineData("the caretaker, Tom Birkett", " [2]")]
    public async Task Misquote_of_the_model_is_not_written(string words, string reference)
    {
        JsonElement json = await AskAsync(["It was “", words, "”", reference, ", at night."], "--quotes", "--max-tokens", "200");
        string answer = json.GetProperty("answer").GetString()!;
        Assert.DoesNotContain("Jones”", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Birkett” [2]", answer, StringComparison.Ordinal);
        JsonElement[] citations = [.. json.GetProperty("citations").EnumerateArray()];
        Assert.NotEmpty(citations);
        foreach (JsonElement citation in citations)
        {
            string quote = citation.GetProperty("quote").GetString()!;
            string file = await File.ReadAllTextAsync(Path.Combine(observatory.Documents, citation.GetProperty("document").GetString()!), TestContext.Current.CancellationToken);
            Assert.Contains($"“{quote}” [", answer, StringComparison.Ordinal);
            Assert.Equal(file[citation.GetProperty("start").GetInt32()..citation.GetProperty("end").GetInt32()], quote);
        }

        Assert.Contains(words, (await AskAsync(["It was “", words, "”", reference, ", at night."])).GetProperty("answer").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_of_a_model_that_is_held_to_quotes_is_a_refusal() =>
        Assert.True((await AskAsync([Answering.Refusal.DefaultSentence], "--quotes")).GetProperty("refused").GetBoolean());

    private Task<JsonElement> AskAsync(params string[] says) => AskAsync(says, []);

    private async Task<JsonElement> AskAsync(string[] says, params string[] options)
    {
        string model = Directory.CreateDirectory(_folder.Below("model-that-knows")).FullName;
        TinyChatModel.Write(model, maxPositions: 8_192, says: says);
        return (await RagTool.RunAsync(observatory.With(["ask", "Who saved the main mirror from the fire?", "--model", model, "--json", .. options]))).Json();
    }
}
