using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation.Speculation.Drafters;

public sealed class DraftModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Guess_TheSameModel_GuessesAllThatComesGreedily()
    {
        SamplingOptions greedy = new();
        SpeculativeRunTests.Output plain = SpeculativeRunTests.Generate(new ScriptedSession(50), greedy, 0, null);
        List<ScriptedSession> created = [];
        DraftModel model = new(() => Create(created), null, 2);
        using (SpeculationShare share = Shares.Of(new SpeculationOptions(), (_, _) => [], model))
        {
            for (int i = 0; i < 2; i++)
            {
                SpeculativeRunTests.Output output = SpeculativeRunTests.Generate(new ScriptedSession(50), greedy, 0, share);
                Assert.Equal(plain.Tokens, output.Tokens);
                Assert.Equal(plain.Kept, output.Kept);
            }

            SpeculationUsage usage = share.Usage;
            Assert.Equal(usage.DraftedTokens, usage.AcceptedTokens);
            Assert.True(usage.AcceptedTokens > plain.Tokens.Length);

            // The second request found the first one's session, with its prompt.
            ScriptedSession session = Assert.Single(created);
            Assert.True(session.Appended.Sum() < 3 * plain.Kept.Length);
            Assert.False(session.Disposed);
        }

        Assert.True(created[0].Disposed);
    }

    [Fact]
    public void Guess_AnyModel_ChangesNoToken()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            SamplingOptions sampling = new() { Temperature = seed % 2 };
            SpeculativeRunTests.Output plain = SpeculativeRunTests.Generate(new ScriptedSession(50), sampling, seed, null);

            // One that knows more tokens, has less context, and says something else.
            DraftModel model = new(() => new ScriptedSession(60, maxPositions: 30), null, 1);
            using SpeculationShare share = Shares.Of(new SpeculationOptions(), (_, _) => [], model);
            SpeculativeRunTests.Output output = SpeculativeRunTests.Generate(new ScriptedSession(50), sampling, seed, share);
            Assert.Equal(plain.Tokens, output.Tokens);
            Assert.Equal(plain.Kept, output.Kept);
        }
    }

    [Fact]
    public void Guess_CancelledInTheDraftModel_Throws()
    {
        using CancellationTokenSource cancellation = new();
        DraftModel model = new(
            () => new ScriptedSession(50)
            {
                Step = position =>
                {
                    if (position == 8)
                    {
                        cancellation.Cancel();
                    }
                },
            },
            null,
            1);
        using SpeculationShare share = Shares.Of(new SpeculationOptions(), (_, _) => [], model);
        CachedSession session = new(new ScriptedSession(50));
        Assert.ThrowsAny<OperationCanceledException>(() => SpeculativeRunTests.Generate(session, new SamplingOptions(), 0, share, 40, null, cancellation.Token));
        Assert.Equal(6, session.Length);
    }

    [Fact]
    public async Task Load_SmallerModelOfTheSameVocabulary_DraftsForTheLarger()
    {
        TinyChatModel.Write(_folder.File("large"), seed: 1);
        TinyChatModel.Write(_folder.File("small"), seed: 1);
        using LocalChatClient plain = LocalChatClient.Load(_folder.File("large"), new LocalModelOptions { Speculation = { Mode = SpeculationMode.None } });
        using LocalChatClient client = LocalChatClient.Load(_folder.File("large"), new LocalModelOptions { Speculation = { DraftModel = _folder.File("small") } }, new ManualTime());
        Shares.Free(client.Speculation);
        ChatOptions options = new() { MaxOutputTokens = 40 };
        ChatResponse response = await client.GetResponseAsync("Hello", options);
        Assert.Equal((await plain.GetResponseAsync("Hello", options)).Text, response.Text);
        Assert.True(response.Usage!.AdditionalCounts!["AcceptedDraftTokenCount"] > 10);
        Assert.Equal(response.Usage.AdditionalCounts["DraftedTokenCount"], client.GetService<SpeculationUsage>()!.DraftedTokens);
    }

    [Fact]
    public void Load_ModelOfAnotherVocabulary_IsRefusedByName()
    {
        TinyChatModel.Write(_folder.File("large"));
        TinyChatModel.Write(_folder.File("small"), says: ["one", "two", "three", "four"]);
        LocalModelOptions options = new() { Speculation = { DraftModel = _folder.File("small") } };
        File.WriteAllText(Path.Combine(_folder.File("small"), "tokenizer.json"), TinyChatModel.Tokenizer().Replace("im_end", "im_stop", StringComparison.Ordinal));
        IncompatibleException error = Assert.Throws<IncompatibleException>(() => LocalChatClient.Load(_folder.File("large"), options));
        Assert.Contains("Token 4 is '<|im_stop|>'", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("large"), error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.File("small"), error.Location);

        Tokenizer few = Tokenizer.Load(_folder.File("large"));
        Tokenizer many = Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(TinyChatModel.Tokenizer([.. Enumerable.Range(0, 200).Select(i => $"piece{i}")])), "many");
        Assert.Contains("has 461 tokens", Assert.Throws<IncompatibleException>(() => DraftModel.ThrowUnlessSame(many, few, "draft", "model")).Message, StringComparison.Ordinal);
        DraftModel.ThrowUnlessSame(few, few, "draft", "model");
        Assert.Throws<UnavailableException>(() => LocalChatClient.Load(_folder.File("large"), new LocalModelOptions { Speculation = { DraftModel = _folder.File("nothing") } }));
    }

    private static ScriptedSession Create(List<ScriptedSession> created)
    {
        created.Add(new ScriptedSession(50));
        return created[^1];
    }
}
