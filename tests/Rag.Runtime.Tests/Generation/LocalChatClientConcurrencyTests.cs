using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Scheduling;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>Many requests at once to a real graph: none may show in another's answer.</summary>
public sealed class LocalChatClientConcurrencyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TextConstraint _choices = TextConstraint.FromChoices(["yes, certainly", "yes, perhaps", "no"]);

    public LocalChatClientConcurrencyTests() => TinyChatModel.Write(_folder.FolderPath);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(16, true)]
    [InlineData(5, true)]
    [InlineData(16, false)]
    public async Task Sixteen_requests_at_once_give_token_for_token_what_each_gives_alone(int atOnce, bool reuse)
    {
        using LocalChatClient client = Load(new LocalModelOptions { MaxConcurrentRequests = atOnce, ReusePrefix = reuse, PrefillTokensPerRound = 32 });
        using LocalChatClient single = Load(new LocalModelOptions { MaxConcurrentRequests = 1, ReusePrefix = false, PrefillTokensPerRound = 32 });
        List<string> alone = [];
        for (int i = 0; i < 16; i++)
        {
            alone.Add(Describe(await single.GetResponseAsync(Question(i), Options(i), TestContext.Current.CancellationToken)));
        }

        Assert.Equal(single.GetRequiredService<LocalModelUsage>().DecodeSteps, single.GetRequiredService<LocalModelUsage>().DecodedTokens);
        for (int round = 0; round < 3; round++)
        {
            // Others come and are cancelled or left in between.
            using CancellationTokenSource source = new();
            Task[] noise = [.. Enumerable.Range(0, 6).Select(i => LeaveAsync(client, i, source))];
            ChatResponse[] together = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => client.GetResponseAsync(Question(i), Options(i), TestContext.Current.CancellationToken)));
            await Task.WhenAll(noise);
            Assert.Equal(alone, together.Select(Describe));
        }

        LocalModelUsage usage = client.GetRequiredService<LocalModelUsage>();
        Assert.True(usage.DecodeSteps < usage.DecodedTokens);
        Assert.Equal((0, 0, atOnce), (usage.RunningRequests, usage.QueuedRequests, client.AvailableSessions));
        Assert.Equal((0, 0L), (usage.SharedSequences, usage.SharedBytes));
        Assert.InRange(usage.Sessions, 1, atOnce);
    }

    [Theory]
    [InlineData(WeightPrecision.Single)]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    public async Task Reproducible_answers_have_the_same_probabilities_to_the_last_bit_whatever_else_runs(WeightPrecision precision)
    {
        LocalModelOptions Options(int atOnce) =>
            new() { MaxConcurrentRequests = atOnce, Reproducible = true, ReusePrefix = false, Runtime = { Weights = precision, CacheDirectory = _folder.File("cache") } };
        using LocalChatClient client = Load(Options(16));
        using LocalChatClient single = Load(Options(1));
        ChatOptions asking = new() { MaxOutputTokens = 40, Temperature = 1.1f, Seed = 3, AdditionalProperties = new() { ["logprobs"] = true } };
        List<double[]> alone = [];
        for (int i = 0; i < 12; i++)
        {
            alone.Add(Probabilities(await single.GetResponseAsync(Question(i), asking, TestContext.Current.CancellationToken)));
        }

        Assert.All(alone, probabilities => Assert.NotEmpty(probabilities));
        ChatResponse[] together = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => client.GetResponseAsync(Question(i), asking, TestContext.Current.CancellationToken)));
        Assert.Equal(alone, together.Select(Probabilities));
        Assert.True(client.GetRequiredService<LocalModelUsage>().DecodeSteps < client.GetRequiredService<LocalModelUsage>().DecodedTokens);

        static double[] Probabilities(ChatResponse response) =>
            [.. response.Messages.SelectMany(message => message.Contents).OfType<LogProbabilityContent>().SelectMany(content => content.Tokens).Select(token => token.Token.LogProbability)];
    }

    [Fact]
    public async Task Several_answers_to_one_request_share_their_steps_and_its_prompt()
    {
        using LocalChatClient client = Load(new LocalModelOptions { MaxConcurrentRequests = 4, MaxQueuedRequests = 0 });
        ChatOptions options = new() { MaxOutputTokens = 30, Temperature = 1.3f, Seed = 5, AdditionalProperties = new() { ["num_return_sequences"] = 9 } };
        ChatResponse response = await client.GetResponseAsync(Question(3), options, TestContext.Current.CancellationToken);
        Assert.Equal(9, response.Messages.Count);
        LocalModelUsage usage = client.GetRequiredService<LocalModelUsage>();
        Assert.True(usage.DecodeSteps < usage.DecodedTokens / 2);

        // The prompt ran once, and its last token for each of the others.
        Assert.Equal(response.Usage!.InputTokenCount + 8, usage.PrefillTokens);

        // Left half way, all of them end.
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Question(3), options, TestContext.Current.CancellationToken))
        {
            break;
        }

        Assert.Equal(4, client.AvailableSessions);
    }

    [Fact]
    public async Task A_small_budget_of_memory_changes_when_requests_run_and_not_what_they_give()
    {
        using LocalChatClient ample = Load(new LocalModelOptions());
        Assert.Equal(0, ample.GetRequiredService<LocalModelUsage>().KeyValueBytes);
        await ample.GetResponseAsync(Question(1), Options(0), TestContext.Current.CancellationToken);
        long each = ample.GetRequiredService<LocalModelUsage>().KeyValueBytes;
        using LocalChatClient tight = Load(new LocalModelOptions { KeyValueCacheBytes = (each * 3) - 1 });
        string[] expected = (await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ample.GetResponseAsync(Question(i), Options(i), TestContext.Current.CancellationToken)))).Select(Describe).ToArray();
        string[] actual = (await Task.WhenAll(Enumerable.Range(0, 8).Select(i => tight.GetResponseAsync(Question(i), Options(i), TestContext.Current.CancellationToken)))).Select(Describe).ToArray();
        Assert.Equal(expected, actual);
        Assert.InRange(tight.GetRequiredService<LocalModelUsage>().KeyValueBytes, 1, each * 3);
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(
            () => tight.GetResponseAsync(new string('x', 300), Options(0), TestContext.Current.CancellationToken));
        Assert.Equal(nameof(LocalModelOptions.KeyValueCacheBytes), error.LimitName);
    }

    [Fact]
    public async Task Priority_and_timeout_are_read_from_the_options_and_refused_where_they_are_none()
    {
        ManualTime time = new();
        using LocalChatClient client = Load(new LocalModelOptions(), time);
        Assert.NotEmpty((await client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 4 }.WithPriority(3).WithTimeout(TimeSpan.FromSeconds(1)), TestContext.Current.CancellationToken)).Text);
        RequestTimeoutException late = await Assert.ThrowsAsync<RequestTimeoutException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("x", new ChatOptions { MaxOutputTokens = 450, AdditionalProperties = new() { ["timeout"] = 2.5 } }))
            {
                time.Advance(TimeSpan.FromSeconds(3));
            }
        });
        Assert.Equal((RequestPhase.Decode, TimeSpan.FromSeconds(2.5)), (late.Phase, late.Timeout));
        foreach ((string name, object value) in (ValueTuple<string, object>[])[("priority", "high"), ("timeout", 0), ("timeout", TimeSpan.Zero), ("timeout", "soon")])
        {
            ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(
                () => client.GetResponseAsync("x", new ChatOptions { AdditionalProperties = new() { [name] = value } }, TestContext.Current.CancellationToken));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task LeaveAsync(LocalChatClient client, int i, CancellationTokenSource source)
    {
        int seen = 0;
        try
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Question(i + 1), new ChatOptions { MaxOutputTokens = 200 }, i % 2 == 0 ? source.Token : default))
            {
                if (++seen == 3 + i)
                {
                    if (i % 2 != 0)
                    {
                        break;
                    }

                    await source.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Question(int i) => string.Concat(Enumerable.Range(0, 1 + (i * 3)).Select(word => string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + i)}{word} ")));

    // Greedy and seeded ones, with penalties, stop strings, adapters, constraints and log-probabilities, of different lengths.
    private ChatOptions Options(int i)
    {
        ChatOptions options = new() { MaxOutputTokens = 20 + (5 * i), Temperature = i % 2 == 0 ? 0 : 1.1f, Seed = i, AdditionalProperties = new() { ["logprobs"] = i % 4 != 3 } };
        switch (i % 8)
        {
            case 2:
                options.AdditionalProperties["adapter"] = "first";
                break;
            case 3:
                options.WithConstraint(_choices);
                break;
            case 4:
                options.StopSequences = ["a", "e"];
                break;
            case 5:
                options.AdditionalProperties["adapter"] = "second";
                options.FrequencyPenalty = 0.5f;
                break;
            case 6:
                options.WithConstraint(TextConstraint.FromRegex("[a-z]{3,40}( [0-9]+)?"));
                break;
            case 7:
                options.TopK = 20;
                options.AdditionalProperties["repetition_penalty"] = 1.2;
                break;
        }

        return options;
    }

    private static string Describe(ChatResponse response) => string.Join(
        ' ',
        [
            response.Text,
            response.FinishReason?.Value ?? "",
            .. response.Messages.SelectMany(message => message.Contents).OfType<LogProbabilityContent>().SelectMany(content => content.Tokens).Select(token => token.Token.Id.ToString(CultureInfo.InvariantCulture)),
        ]);

    private LocalChatClient Load(LocalModelOptions options, TimeProvider? time = null)
    {
        options.Runtime.Threads = 1;
        foreach (int seed in (int[])[1, 2])
        {
            options.Adapters.Add(seed == 1 ? "first" : "second", TinyAdapter.Write(_folder.FolderPath, seed));
        }

        return LocalChatClient.Load(_folder.FolderPath, options, time);
    }
}
