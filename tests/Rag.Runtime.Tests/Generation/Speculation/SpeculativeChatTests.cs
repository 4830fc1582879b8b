using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>The chat client over a real graph, which checks every guess, against one that guesses nothing.</summary>
public sealed class SpeculativeChatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalChatClient _plain;
    private readonly LocalChatClient _guessing;

    public SpeculativeChatTests()
    {
        TinyChatModel.Write(_folder.FolderPath);
        _plain = Load(new SpeculationOptions { Mode = SpeculationMode.None });
        _guessing = Load(new SpeculationOptions { NgramCacheBytes = 1 << 16 });
    }

    public void Dispose()
    {
        _plain.Dispose();
        _guessing.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(.7f)]
    [InlineData(1.5f)]
    public async Task Responses_AreThoseOfPlainSteps(float temperature)
    {
        long accepted = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            ChatOptions options = new() { Temperature = temperature, Seed = seed, MaxOutputTokens = 120, FrequencyPenalty = seed % 2, AdditionalProperties = new() { ["top_logprobs"] = 2 } };
            accepted += await Same("ha ha ha ha, tell me more, tell me more " + seed, options);
        }

        // At so high a temperature nothing is said twice.
        Assert.True(accepted > 0 || temperature > 1);
    }

    [Fact]
    public async Task Responses_AskedAgain_AreTheSameAndAreGuessedFromTheAnswersBefore()
    {
        // Nothing of the prompt or the answer stands twice.
        ChatOptions options = new() { MaxOutputTokens = 30, Temperature = 2, TopK = 40, Seed = 4 };
        long first = await Same("Tell", options);
        await Same("Tell", options);
        long third = await Same("Tell", options);
        Assert.True(third > first);
    }

    [Fact]
    public async Task Responses_WithStopStrings_AreCutAtTheSamePlace()
    {
        string whole = (await _plain.GetResponseAsync("ha ha ha ha", new ChatOptions { MaxOutputTokens = 120 })).Text;
        for (int at = 5; at < whole.Length - 2; at += 9)
        {
            await Same("ha ha ha ha", new ChatOptions { MaxOutputTokens = 120, StopSequences = [whole.Substring(at, 2)] });
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Responses_UnderConstraints_AreThoseOfPlainSteps(float temperature)
    {
        using JsonDocument schema = JsonDocument.Parse("{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},\"parts\":{\"type\":\"array\",\"items\":{\"enum\":[\"first\",\"second\"]},\"maxItems\":9}},\"required\":[\"title\",\"parts\"],\"additionalProperties\":false}");
        TextConstraint[] constraints =
        [
            TextConstraint.FromRegex("([0-9]{3}-[a-f]{4} ){6}"), TextConstraint.FromChoices(["yes and no", "yes and yes", "no and no"]),
            TextConstraint.FromGbnf("root ::= \"(\" root \"+\" root \")\" | [0-9]"), TextConstraint.FromJsonSchema(schema.RootElement),
        ];
        long accepted = 0;
        foreach (TextConstraint constraint in constraints)
        {
            for (int seed = 0; seed < 4; seed++)
            {
                accepted += await Same("Go", new ChatOptions { MaxOutputTokens = 120, Temperature = temperature, Seed = seed }.WithConstraint(constraint));
            }
        }

        Assert.True(accepted > 0);
    }

    [Fact]
    public async Task Responses_ToFollowUpTurns_ReuseTheSameTokens()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "ha ha ha ha")];
        ChatOptions options = new() { MaxOutputTokens = 60 };
        for (int turn = 0; turn < 3; turn++)
        {
            ChatResponse plain = await _plain.GetResponseAsync(messages, options);
            ChatResponse guessed = await _guessing.GetResponseAsync(messages, options);
            Assert.Equal(plain.Text, guessed.Text);
            Assert.Equal(plain.Usage!.CachedInputTokenCount, guessed.Usage!.CachedInputTokenCount);
            messages.AddRange(plain.Messages);
            messages.Add(new ChatMessage(ChatRole.User, "ha ha " + turn));
        }
    }

    [Fact]
    public async Task Responses_LeftOrCancelledInTheMiddle_DisturbNoLaterOne()
    {
        ChatOptions options = new() { MaxOutputTokens = 60 };
        string expected = (await _plain.GetResponseAsync("ha ha ha ha", options)).Text;
        for (int left = 1; left < 20; left += 3)
        {
            using CancellationTokenSource cancellation = new();
            int seen = 0;
            try
            {
                await foreach (ChatResponseUpdate update in _guessing.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "ha ha ha ha")], options, cancellation.Token))
                {
                    if (++seen == left && left % 2 == 0)
                    {
                        break;
                    }

                    if (seen == left)
                    {
                        await cancellation.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(1, left % 2);
            }

            Assert.Equal(expected, (await _guessing.GetResponseAsync("ha ha ha ha", options)).Text);
        }
    }

    [Fact]
    public async Task Responses_AtTheSameTime_AreThoseOfPlainSteps()
    {
        (string Text, ChatOptions Options)[] requests =
        [
            .. Enumerable.Range(0, 10).Select(i => (
                new string((char)('a' + i), 5 + (7 * i)), new ChatOptions { MaxOutputTokens = 40, Temperature = i % 2 == 0 ? 0 : 1.2f, Seed = i })),
        ];
        List<string> alone = [];
        foreach ((string text, ChatOptions options) in requests)
        {
            alone.Add((await _plain.GetResponseAsync(text, options)).Text);
        }

        ChatResponse[] together = await Task.WhenAll(requests.Select(request => _guessing.GetResponseAsync(request.Text, request.Options)));
        Assert.Equal(alone, together.Select(response => response.Text));
    }

    [Fact]
    public async Task GetService_SpeculationUsage_CountsWhatResponsesSay()
    {
        ChatResponse response = await _guessing.GetResponseAsync("ha ha ha ha", new ChatOptions { MaxOutputTokens = 60 });
        SpeculationUsage usage = _guessing.GetService<SpeculationUsage>()!;
        Assert.Equal(response.Usage!.AdditionalCounts!["DraftedTokenCount"], usage.DraftedTokens);
        Assert.Equal(response.Usage.AdditionalCounts["AcceptedDraftTokenCount"], usage.AcceptedTokens);
        Assert.InRange(usage.AcceptedTokens, 1, usage.DraftedTokens);
        Assert.Null(usage.Off);
        Assert.Null((await _plain.GetResponseAsync("ha ha ha ha", new ChatOptions { MaxOutputTokens = 60 })).Usage!.AdditionalCounts);
        Assert.Equal(new SpeculationUsage(0, 0, 0, 0, null), _plain.GetService<SpeculationUsage>());
    }

    [Fact]
    public void Validate_OptionsOutOfRange_AreRefused()
    {
        SpeculationOptions[] wrong =
        [
            new() { Mode = (SpeculationMode)9 }, new() { MaxDraftTokens = 0 }, new() { MaxDraftTokens = 65 }, new() { MinNgram = 0 }, new() { MinNgram = 3, MaxNgram = 2 },
            new() { MaxNgram = 9 }, new() { NgramCacheBytes = -1 }, new() { DraftModel = "" }, new() { DraftModel = "x", Mode = SpeculationMode.PromptLookup },
        ];
        foreach (SpeculationOptions options in wrong)
        {
            Assert.ThrowsAny<ArgumentException>(options.Validate);
            Assert.ThrowsAny<ArgumentException>(new LocalModelOptions { Speculation = options }.Validate);
        }

        new SpeculationOptions().Validate();
    }

    private LocalChatClient Load(SpeculationOptions speculation)
    {
        LocalModelOptions options = new() { Runtime = { Threads = 1 }, Speculation = speculation };
        LocalChatClient client = LocalChatClient.Load(_folder.FolderPath, options, new ManualTime());
        Shares.Free(client.Speculation);
        return client;
    }

    // The accepted guesses.
    private async Task<long> Same(string question, ChatOptions options)
    {
        ChatResponse plain = await _plain.GetResponseAsync(question, options);
        ChatResponse guessed = await _guessing.GetResponseAsync(question, options);
        Assert.Equal(plain.Text, guessed.Text);
        Assert.Equal(plain.FinishReason, guessed.FinishReason);
        Assert.Equal(plain.Usage!.OutputTokenCount, guessed.Usage!.OutputTokenCount);

        // A step of several tokens rounds otherwise than one of one.
        Assert.Equal(Probabilities(plain), Probabilities(guessed), (a, b) => Math.Abs(a - b) < 1e-4);
        return guessed.Usage.AdditionalCounts?["AcceptedDraftTokenCount"] ?? 0;
    }

    private static double[] Probabilities(ChatResponse response) =>
        [.. response.Messages.SelectMany(message => message.Contents).OfType<LogProbabilityContent>().SelectMany(content => content.Tokens).Select(token => token.Token.LogProbability)];
}
