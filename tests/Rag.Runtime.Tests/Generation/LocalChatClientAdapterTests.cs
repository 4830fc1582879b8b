using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>Adapters chosen by request.</summary>
public sealed class LocalChatClientAdapterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalModelOptions _options = new() { MaxConcurrentRequests = 2 };

    public LocalChatClientAdapterTests()
    {
        TinyChatModel.Write(_folder.FolderPath);
        foreach (int seed in (int[])[1, 2])
        {
            _options.Adapters.Add(seed == 1 ? "first" : "second", TinyAdapter.Write(_folder.FolderPath, seed));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_with_different_adapters_at_once_get_what_each_gets_alone()
    {
        string?[] names = [null, "first", "second"];
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath, _options);
        using LocalChatClient plain = LocalChatClient.Load(_folder.FolderPath);
        List<string> alone = [];
        _options.ReusePrefix = false;
        using LocalChatClient forgetful = LocalChatClient.Load(_folder.FolderPath, _options);
        foreach (string? name in names)
        {
            alone.Add((await forgetful.GetResponseAsync("Hello", Asking(name))).Text);
        }

        Assert.Equal(3, alone.Distinct().Count());
        Assert.Equal((await plain.GetResponseAsync("Hello", Asking(null))).Text, alone[0]);
        ChatResponse[] together = await Task.WhenAll(Enumerable.Range(0, 18).Select(i => client.GetResponseAsync("Hello", Asking(names[i % 3]))));
        Assert.All(together.Select((response, i) => (response.Text, alone[i % 3])), pair => Assert.Equal(pair.Item2, pair.Text));
    }

    [Fact]
    public async Task DefaultAdapter_IsTakenWhereARequestNamesNone()
    {
        _options.DefaultAdapter = "second";
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath, _options);
        Assert.Equal((await client.GetResponseAsync("Hello", Asking("second"))).Text, (await client.GetResponseAsync("Hello", Asking(null))).Text);
        Assert.NotEqual((await client.GetResponseAsync("Hello", Asking(""))).Text, (await client.GetResponseAsync("Hello", Asking(null))).Text);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hello", Asking("third")));
        _options.DefaultAdapter = "third";
        Assert.Throws<ArgumentException>(() => LocalChatClient.Load(_folder.FolderPath, _options));
    }

    private static ChatOptions Asking(string? adapter)
    {
        ChatOptions options = new() { MaxOutputTokens = 12 };
        if (adapter is not null)
        {
            options.AdditionalProperties = new AdditionalPropertiesDictionary { ["adapter"] = adapter };
        }

        return options;
    }
}
