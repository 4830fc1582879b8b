using Microsoft.Extensions.AI;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Tests.Generation;

/// <summary>What the chat client makes of options about sampling.</summary>
public sealed class LocalChatClientSamplingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LocalChatClientSamplingTests() => TinyChatModel.Write(_folder.FolderPath);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GetResponseAsync_TopLogProbabilities_ComeWithEveryToken()
    {
        using LocalChatClient client = Client();
        ChatResponse plain = await client.GetResponseAsync("Go", Options(20));
        Assert.DoesNotContain(plain.Messages.SelectMany(message => message.Contents), content => content is LogProbabilityContent);
        ChatResponse response = await client.GetResponseAsync("Go", Options(20, ("top_logprobs", 4)));
        Assert.Equal(plain.Text, response.Text);
        List<ChosenToken> tokens = [.. response.Messages.SelectMany(message => message.Contents).OfType<LogProbabilityContent>().SelectMany(content => content.Tokens)];
        long stop = response.FinishReason == ChatFinishReason.Stop ? 1 : 0;
        Assert.Equal(response.Usage!.OutputTokenCount - stop, tokens.Count);
        foreach (ChosenToken token in tokens)
        {
            // Greedy: what is chosen is the most probable.
            Assert.Equal(token.Token, token.Top[0]);
            Assert.Equal(4, token.Top.Count);
            Assert.Equal(token.Top.OrderByDescending(top => top.LogProbability).ThenBy(top => top.Id), token.Top);
            Assert.InRange(token.Top.Sum(top => Math.Exp(top.LogProbability)), 0, 1.0001);
        }

        // The answer may be part of the next request.
        List<ChatMessage> next = [new(ChatRole.User, "Go"), .. response.Messages, new(ChatRole.User, "On")];
        Assert.NotNull(await client.GetResponseAsync(next, Options(2)));
    }

    [Fact]
    public async Task GetResponseAsync_LogProbabilities_LeaveOutTheStopToken()
    {
        using TemporaryFolder folder = new();
        TinyChatModel.Write(folder.FolderPath, says: ["Hel", "lo", " you"]);
        using LocalChatClient client = Client(folder.FolderPath);
        ChatResponse response = await client.GetResponseAsync("Go", Options(20, ("logprobs", true)));
        Assert.Equal(("Hello you", ChatFinishReason.Stop), (response.Text, response.FinishReason));
        Assert.Equal(["Hel", "lo", " you"], (await Tokens(client, Options(20, ("logprobs", true)))).Select(token => token.Token.Text));
    }

    [Fact]
    public async Task GetResponseAsync_LogProbabilities_AreThoseBeforeAnyRule()
    {
        using LocalChatClient client = Client();
        ChosenToken free = (await Tokens(client, Options(1, ("top_logprobs", 2))))[0];
        ChosenToken kept = (await Tokens(client, Options(1, ("top_logprobs", 2), ("suppress_tokens", new[] { free.Token.Id }))))[0];
        Assert.Equal(free.Top.Select(top => top.Id), kept.Top.Select(top => top.Id));
        Assert.Equal(free.Top[1].Id, kept.Token.Id);
        Assert.Equal(free.Top[1].LogProbability, kept.Token.LogProbability, 1e-5);
        Assert.Empty((await Tokens(client, Options(1, ("logprobs", true))))[0].Top);
    }

    [Fact]
    public async Task GetResponseAsync_EveryRule_ReplaysWithItsSeed()
    {
        using LocalChatClient client = Client();
        ChatOptions options = Options(
            30, ("typical_p", 0.95), ("top_h", 0.9), ("min_p", 0.01), ("xtc_probability", 0.5), ("no_repeat_ngram_size", 3), ("repetition_penalty", 1.1), ("min_new_tokens", 30), ("sampling_order", "llama.cpp"));
        options.Temperature = 1.3f;
        options.Seed = 12;
        ChatResponse first = await client.GetResponseAsync("Go", options);
        Assert.Equal(30, first.Usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, first.FinishReason);
        using LocalChatClient other = Client();
        Assert.Equal(first.Text, (await other.GetResponseAsync("Go", options)).Text);
        options.Seed = 13;
        Assert.NotEqual(first.Text, (await client.GetResponseAsync("Go", options)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_SeveralAnswers_AreMessagesThatTheirSeedsReplay()
    {
        using LocalChatClient client = Client();
        ChatOptions options = Options(12, ("num_return_sequences", 3));
        options.Temperature = 1.2f;
        options.Seed = 40;
        ChatResponse response = await client.GetResponseAsync("Go", options);
        Assert.Equal(3, response.Messages.Count);
        Assert.Equal(3, response.Messages.Select(message => message.Text).Distinct().Count());
        long outputs = 0;
        ChatResponse alone = response;
        foreach (ChatMessage message in response.Messages)
        {
            ChatOptions again = Options(12);
            again.Temperature = options.Temperature;
            again.Seed = (long)message.AdditionalProperties!["seed"]!;
            alone = await client.GetResponseAsync("Go", again);
            Assert.Equal(alone.Text, message.Text);
            outputs += alone.Usage!.OutputTokenCount!.Value;
        }

        Assert.Equal((alone.Usage!.InputTokenCount, outputs), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.Equal(response.Usage.TotalTokenCount, alone.Usage.InputTokenCount + outputs);
        options.Temperature = 0;
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("Go", options));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("Go", Options(1, ("num_return_sequences", 0))));
    }

    [Fact]
    public async Task GetResponseAsync_PresenceAndFrequency_AreThemselves()
    {
        using LocalChatClient client = Client();
        ChatOptions allowed = Options(6, ("allowed_token_ids", new[] { 70, 71, 72 }), ("logprobs", true));
        int[] plain = [.. (await Tokens(client, allowed)).Select(token => token.Token.Id)];
        Assert.True(plain.Distinct().Count() <= 3);

        // A penalty beyond any difference of logits makes every token come once before any comes twice.
        allowed.FrequencyPenalty = 1000;
        int[] even = [.. (await Tokens(client, allowed)).Select(token => token.Token.Id)];
        Assert.Equal([70, 71, 72], even[..3].Order());
        Assert.Equal([70, 71, 72], even[3..].Order());
        allowed.FrequencyPenalty = null;
        allowed.PresencePenalty = 1000;
        int[] once = [.. (await Tokens(client, allowed)).Select(token => token.Token.Id)];
        Assert.Equal([70, 71, 72], once[..3].Order());
    }

    [Fact]
    public async Task GetResponseAsync_PropertiesNotKnownOrOutOfRange_AreRefusedByNameAndFreeTheSession()
    {
        using LocalChatClient client = Client();
        UnsupportedException unknown = await Assert.ThrowsAsync<UnsupportedException>(() => client.GetResponseAsync("x", Options(1, ("penalty_alpha", 0.6))));
        Assert.Contains("penalty_alpha", unknown.Message, StringComparison.Ordinal);
        ArgumentException range = await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("x", Options(1, ("typical_p", 2))));
        Assert.Contains("TypicalP", range.Message, StringComparison.Ordinal);
        ArgumentException token = await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("x", Options(1, ("suppress_tokens", new[] { 1_000_000 }))));
        Assert.Contains("SuppressTokens", token.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IncompatibleException>(() => client.GetResponseAsync("x", Options(1, ("allowed_token_ids", new[] { 1 }), ("suppress_tokens", new[] { 1 }))));
        Assert.Equal(new LocalModelOptions().MaxConcurrentRequests, client.AvailableSessions);
    }

    private static async Task<List<ChosenToken>> Tokens(LocalChatClient client, ChatOptions options) =>
        [.. (await client.GetResponseAsync("Go", options)).Messages.SelectMany(message => message.Contents).OfType<LogProbabilityContent>().SelectMany(content => content.Tokens)];

    private static ChatOptions Options(int tokens, params (string Name, object Value)[] properties)
    {
        ChatOptions options = new() { MaxOutputTokens = tokens, AdditionalProperties = [] };
        foreach ((string name, object value) in properties)
        {
            options.AdditionalProperties[name] = value;
        }

        return options;
    }

    private LocalChatClient Client(string? path = null)
    {
        path ??= _folder.FolderPath;
        ModelFolder folder = ModelFolder.Open(path);
        Tokenizer tokenizer = Tokenizer.Load(path);
        OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 });
        return new LocalChatClient(
            "tiny", tokenizer, new PromptEncoder(tokenizer, Render), StopTokens.Of(folder, tokenizer, ReplyForm.Plain), new SamplingOptions(),
            model.MaxPositions, _ => model.CreateSession(), model, new LocalModelOptions(), null);
    }

    private static string Render(IReadOnlyList<ChatTurn> turns) =>
        string.Concat(turns.Select(turn => $"<|im_start|>{turn.Role}\n{turn.Content}<|im_end|>\n")) + "<|im_start|>assistant\n";
}
