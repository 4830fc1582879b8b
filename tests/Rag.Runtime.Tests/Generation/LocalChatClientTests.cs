using System.Text;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Replies;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Tests.Generation;

/// <summary>The chat client over a real graph of random weights.</summary>
public sealed class LocalChatClientTests : IDisposable
{
    private static readonly ChatOptions Short = new() { MaxOutputTokens = 40 };

    private readonly TemporaryFolder _folder = new();

    public LocalChatClientTests() => TinyChatModel.Write(_folder.FolderPath);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GetResponseAsync_Greedy_GivesTextUsageAndReason()
    {
        using LocalChatClient client = Client();
        ChatResponse response = await client.GetResponseAsync("Hello", Short);
        Assert.NotEmpty(response.Text);
        Assert.Equal(3 + "user\nHello\nassistant\n".Length, response.Usage!.InputTokenCount);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 1, 40);
        Assert.Equal(response.Usage.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
        Assert.Equal(response.Usage.OutputTokenCount == 40 ? ChatFinishReason.Length : ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("tiny", response.ModelId);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.Equal(response.Text, (await client.GetResponseAsync("Hello", Short)).Text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivesTheSameTextInWholeCharacters()
    {
        using LocalChatClient client = Client();
        string whole = (await client.GetResponseAsync("Tell", Short)).Text;
        StringBuilder streamed = new();
        int updates = 0;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Tell")], Short))
        {
            updates++;
            Assert.True(update.Text.Length == 0 || !char.IsHighSurrogate(update.Text[^1]));
            streamed.Append(update.Text);
        }

        Assert.Equal(whole, streamed.ToString());
        Assert.True(updates > 2);
    }

    [Fact]
    public async Task GetResponseAsync_StopSequence_CutsThere()
    {
        using LocalChatClient client = Client();
        string whole = (await client.GetResponseAsync("Tell", Short)).Text;
        string stop = whole.Substring(whole.Length / 2, 2);
        ChatResponse cut = await client.GetResponseAsync("Tell", new ChatOptions { MaxOutputTokens = 40, StopSequences = [stop, "never in it at all"] });
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(ChatFinishReason.Stop, cut.FinishReason);
    }

    [Fact]
    public async Task GetResponseAsync_Seed_ReplaysAndWithoutOneSaysWhichItWas()
    {
        using LocalChatClient client = Client();
        ChatOptions hot = new() { MaxOutputTokens = 30, Temperature = 1.5f, TopK = 50, TopP = 0.95f };
        ChatResponse first = await client.GetResponseAsync("Go", hot);
        long seed = (long)first.Messages[^1].AdditionalProperties!["seed"]!;
        ChatOptions again = hot.Clone();
        again.Seed = seed;
        Assert.Equal(first.Text, (await client.GetResponseAsync("Go", again)).Text);
        again.Seed = seed + 1;
        Assert.NotEqual(first.Text, (await client.GetResponseAsync("Go", again)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_ManyAtOnce_GivesEachWhatItGetsAlone()
    {
        using LocalChatClient client = Client(new LocalModelOptions { MaxConcurrentRequests = 3 });
        (string Text, ChatOptions Options)[] requests =
        [
            .. Enumerable.Range(0, 12).Select(i => (
                new string((char)('a' + i), 5 + (7 * i)),
                new ChatOptions { MaxOutputTokens = 25, Temperature = i % 2 == 0 ? 0 : 1.2f, Seed = i })),
        ];
        List<string> alone = [];
        foreach ((string text, ChatOptions options) in requests)
        {
            alone.Add((await client.GetResponseAsync(text, options)).Text);
        }

        ChatResponse[] together = await Task.WhenAll(requests.Select(request => client.GetResponseAsync(request.Text, request.Options)));
        Assert.Equal(alone, together.Select(response => response.Text));
        Assert.Equal(3, client.AvailableSessions);
    }

    [Fact]
    public async Task GetResponseAsync_FollowUpTurn_ReusesThePrompt()
    {
        using LocalChatClient client = Client();
        using LocalChatClient forgetful = Client(new LocalModelOptions { ReusePrefix = false });
        List<ChatMessage> messages = [new(ChatRole.System, "Documents: " + new string('d', 100)), new(ChatRole.User, "One?")];
        ChatResponse first = await client.GetResponseAsync(messages, Short);
        Assert.Equal(0, first.Usage!.CachedInputTokenCount);
        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.User, "Two?"));
        ChatResponse second = await client.GetResponseAsync(messages, Short);
        Assert.True(second.Usage!.CachedInputTokenCount > 100);
        await forgetful.GetResponseAsync(messages, Short);
        ChatResponse plain = await forgetful.GetResponseAsync(messages, Short);
        Assert.Equal(0, plain.Usage!.CachedInputTokenCount);
        Assert.Equal(plain.Text, second.Text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_CancelledOrLeftInTheMiddle_FreesTheSession()
    {
        using LocalChatClient client = Client(new LocalModelOptions { MaxConcurrentRequests = 1 });
        string expected = (await client.GetResponseAsync("Long", Short)).Text;
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            int seen = 0;
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Long")], Short, cancellation.Token))
            {
                if (++seen == 3)
                {
                    await cancellation.CancelAsync();
                }
            }

            Assert.Fail("The stream ended though it was cancelled.");
        });
        Assert.Equal(1, client.AvailableSessions);
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Long")], Short))
        {
            break;
        }

        Assert.Equal(1, client.AvailableSessions);
        Assert.Equal(expected, (await client.GetResponseAsync("Long", Short)).Text);
    }

    [Fact]
    public async Task GetResponseAsync_PromptTooLong_NamesTheLimit()
    {
        using LocalChatClient client = Client();
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => client.GetResponseAsync(new string('x', 490), Short));
        Assert.Equal(client.ContextLength, error.Limit);
        Assert.NotEmpty((await client.GetResponseAsync(new string('x', 440), Short)).Text);

        // Without a budget the answer takes what room there is.
        ChatResponse rest = await client.GetResponseAsync(new string('x', 480));
        Assert.True(rest.Usage!.TotalTokenCount <= client.ContextLength);
        Assert.Equal(client.AvailableSessions, new LocalModelOptions().MaxConcurrentRequests);
    }

    [Fact]
    public async Task GetResponseAsync_OptionsAndContentsNotSupported_AreRefusedByName()
    {
        using LocalChatClient client = Client();
        await Refused(nameof(ChatOptions.ConversationId), new ChatOptions { ConversationId = "1" });
        await Refused(nameof(ChatOptions.ModelId), new ChatOptions { ModelId = "another" });
        await Refused(nameof(ChatOptions.AllowMultipleToolCalls), new ChatOptions { AllowMultipleToolCalls = false, Tools = [AIFunctionFactory.Create(() => 1, "one")] });
        await Refused(nameof(DataContent), null, new DataContent(new byte[] { 1 }, "image/png"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("x", new ChatOptions { TopP = 2 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("x", new ChatOptions { StopSequences = [""] }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync(Array.Empty<ChatMessage>()));

        async Task Refused(string name, ChatOptions? options, AIContent? content = null)
        {
            ChatMessage message = new(ChatRole.User, content is null ? [new TextContent("x")] : [content]);
            UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => client.GetResponseAsync([message], options));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void GetService_GivesMetadataAndTheCounter()
    {
        using LocalChatClient client = Client();
        Assert.Equal("tiny", client.GetRequiredService<ChatClientMetadata>().DefaultModelId);
        Assert.Equal(client.ContextLength, client.GetRequiredService<ITokenCounter>().MaxTokens);
        Assert.Equal(5, client.GetRequiredService<Tokenizer>().Count("Hello"));
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<string>());
    }

    private LocalChatClient Client(LocalModelOptions? options = null)
    {
        options ??= new LocalModelOptions();
        ModelFolder folder = ModelFolder.Open(_folder.FolderPath);
        Tokenizer tokenizer = Tokenizer.Load(_folder.FolderPath);
        OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 });
        return new LocalChatClient(
            "tiny", tokenizer, new PromptEncoder(tokenizer, Render), StopTokens.Of(folder, tokenizer, ReplyForm.Plain), new SamplingOptions(),
            model.MaxPositions, _ => model.CreateSession(), model, options, null);
    }

    private static string Render(IReadOnlyList<ChatTurn> turns) =>
        string.Concat(turns.Select(turn => $"<|im_start|>{turn.Role}\n{turn.Content}<|im_end|>\n")) + "<|im_start|>assistant\n";
}
