using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>A model of random weights, which would write nonsense, held to a form.</summary>
public sealed class ConstrainedChatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalChatClient _client;

    public ConstrainedChatTests()
    {
        TinyChatModel.Write(_folder.FolderPath);
        _client = LocalChatClient.Load(_folder.FolderPath);
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.5f)]
    public async Task ResponseFormat_Schema_AlwaysParsesIntoTheType(float temperature)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Answer>(), Temperature = temperature, Seed = seed, MaxOutputTokens = 200 };
            ChatResponse response = await _client.GetResponseAsync("Say it " + seed, options);
            Answer answer = JsonSerializer.Deserialize<Answer>(response.Text, AIJsonUtilities.DefaultOptions)!;
            Assert.NotNull(answer.Title);
            Assert.All(answer.Parts, part => Assert.True(Enum.IsDefined(part.Kind)));
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            Assert.Equal(response.Text, (await _client.GetResponseAsync("Say it " + seed, options)).Text);
        }
    }

    [Fact]
    public async Task GetResponseAsync_OfAType_IsAValueOfIt()
    {
        ChatOptions options = new() { Temperature = 1, Seed = 5, MaxOutputTokens = 200 };
        StructuredResponse<Answer> answer = await _client.GetResponseAsync<Answer>("Say it", options);
        Assert.Equal(answer.Result!.Title, JsonDocument.Parse(answer.Response.Text).RootElement.GetProperty("title").GetString());
        Assert.Null(options.ResponseFormat);
        Assert.True(Enum.IsDefined((await _client.GetResponseAsync<Kind>("Which?", options)).Result));
        Assert.IsType<bool>((await _client.GetResponseAsync<bool>("Is it?", options)).Result);
        Assert.NotNull((await _client.GetResponseAsync<string[]>("List", options)).Result);
        await Assert.ThrowsAsync<ArgumentException>(() => _client.GetResponseAsync<Answer>("x", new ChatOptions { ResponseFormat = ChatResponseFormat.Json }));
        LimitExceededException cut = await Assert.ThrowsAsync<LimitExceededException>(() => _client.GetResponseAsync<Answer>("x", new ChatOptions { MaxOutputTokens = 3 }));
        Assert.Equal(nameof(ChatOptions.MaxOutputTokens), cut.LimitName);
    }

    [Fact]
    public async Task ResponseFormat_Json_IsAnObject()
    {
        ChatResponse response = await _client.GetResponseAsync("Go", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Temperature = 1, Seed = 3, MaxOutputTokens = 200 });
        using JsonDocument document = JsonDocument.Parse(response.Text);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }

    [Fact]
    public async Task WithConstraint_RegexGrammarAndChoices_HoldTheAnswer()
    {
        Assert.Matches("^[0-9]{3}-[a-z]{4}\\z", await Text(TextConstraint.FromRegex("[0-9]{3}-[a-z]{4}")));
        Assert.Contains(await Text(TextConstraint.FromChoices(["yes", "no", "maybe"])), (string[])["yes", "no", "maybe"]);
        TextConstraint sum = TextConstraint.FromGbnf("root ::= \"(\" root \"+\" root \")\" | [0-9]");
        Assert.True(sum.IsMatch(await Text(sum)));
    }

    [Fact]
    public async Task WithConstraint_OneWayOnly_IsWritten()
    {
        ChatResponse response = await _client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 40 }.WithConstraint(TextConstraint.FromChoices(["always the same"])));
        Assert.Equal("always the same", response.Text);
    }

    [Fact]
    public async Task Constraints_BesideToolsOrEachOther_AreRefused()
    {
        ChatOptions both = new ChatOptions { ResponseFormat = ChatResponseFormat.Json }.WithConstraint(TextConstraint.FromChoices(["a"]));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.GetResponseAsync("x", both));
        await Assert.ThrowsAsync<UnsupportedException>(() => _client.GetResponseAsync("x", new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("{\"unevaluatedItems\":false}").RootElement),
        }));
    }

    private async Task<string> Text(TextConstraint constraint) =>
        (await _client.GetResponseAsync("Go", new ChatOptions { MaxOutputTokens = 120, Temperature = 1, Seed = 2 }.WithConstraint(constraint))).Text;

    public enum Kind
    {
        Plain,
        Quoted,
    }

    public sealed record Part([property: Description("What kind it is.")] Kind Kind, bool Sure);

    public sealed record Answer(string Title, Part[] Parts, double? Score);
}
