using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>Requests that begin alike, with what is kept of them and without.</summary>
public sealed class LocalChatClientPrefixTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LocalChatClientPrefixTests() => TinyChatModel.Write(_folder.FolderPath);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 512L << 20)]
    [InlineData(3, 512L << 20)]
    [InlineData(2, 60_000)]
    [InlineData(1, 0)]
    public async Task Requests_with_shared_and_diverging_prefixes_get_what_they_get_without_the_cache(int sessions, long budget)
    {
        using LocalChatClient plain = Client(new LocalModelOptions { ReusePrefix = false });
        using LocalChatClient client = Client(new LocalModelOptions { MaxConcurrentRequests = sessions, PrefixCacheBytes = budget });
        (List<ChatMessage> Messages, ChatOptions Options)[] requests = [.. Enumerable.Range(0, 24).Select(Request)];
        List<string> expected = [];
        foreach ((List<ChatMessage> messages, ChatOptions options) in requests)
        {
            expected.Add((await plain.GetResponseAsync(messages, options)).Text);
        }

        for (int round = 0; round < 2; round++)
        {
            ChatResponse[] together = await Task.WhenAll(requests.Select(request => client.GetResponseAsync(request.Messages, request.Options)));
            Assert.Equal(expected, together.Select(response => response.Text));
        }

        Assert.Null(plain.GetService<PrefixCacheUsage>());
        PrefixCacheUsage? usage = client.GetService<PrefixCacheUsage>();
        Assert.Equal(budget > 0, usage is not null);
        if (usage is not null)
        {
            Assert.Equal((48, budget), (usage.Requests, usage.BudgetBytes));
            Assert.InRange(usage.Bytes, 1, budget);
            Assert.InRange(usage.Hits, 24, 48);
            Assert.Equal(budget < 1 << 20, usage.EvictedTokens > 0);
        }
    }

    [Fact]
    public async Task Turns_of_two_conversations_in_one_session_each_go_on_where_they_were()
    {
        using LocalChatClient plain = Client(new LocalModelOptions { ReusePrefix = false });
        using LocalChatClient client = Client(new LocalModelOptions { MaxConcurrentRequests = 1 });
        ChatOptions options = new() { MaxOutputTokens = 10 };
        List<ChatMessage>[] conversations = [[new(ChatRole.System, new string('a', 60))], [new(ChatRole.System, new string('b', 60))]];
        long[] before = new long[conversations.Length];
        for (int turn = 0; turn < 3; turn++)
        {
            for (int i = 0; i < conversations.Length; i++)
            {
                List<ChatMessage> conversation = conversations[i];
                conversation.Add(new ChatMessage(ChatRole.User, string.Create(CultureInfo.InvariantCulture, $"Question {turn}?")));
                ChatResponse response = await client.GetResponseAsync(conversation, options);
                Assert.Equal((await plain.GetResponseAsync(conversation, options)).Text, response.Text);

                // At least the last prompt: an answer's text may be other tokens than those that were chosen.
                Assert.True(response.Usage!.CachedInputTokenCount >= before[i]);
                before[i] = response.Usage.InputTokenCount!.Value;
                conversation.AddRange(response.Messages);
            }
        }

        PrefixCacheUsage usage = client.GetService<PrefixCacheUsage>()!;
        Assert.True(usage.ReusedTokens > 500, $"{usage}");
    }

    [Fact]
    public void Validate_BudgetBelowNothing_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalModelOptions { PrefixCacheBytes = -1 }.Validate());

    private static (List<ChatMessage> Messages, ChatOptions Options) Request(int i)
    {
        string system = "Documents: " + new string((char)('a' + (i % 3)), 40 + (30 * (i % 2)));
        return (
            [new ChatMessage(ChatRole.System, system), new ChatMessage(ChatRole.User, new string((char)('k' + (i % 5)), 5 + i))],
            new ChatOptions { MaxOutputTokens = 12, Temperature = i % 2 == 0 ? 0 : 1.1f, Seed = i });
    }

    private LocalChatClient Client(LocalModelOptions options)
    {
        options.Runtime = new RuntimeOptions { Threads = 1 };
        return LocalChatClient.Load(_folder.FolderPath, options);
    }
}
