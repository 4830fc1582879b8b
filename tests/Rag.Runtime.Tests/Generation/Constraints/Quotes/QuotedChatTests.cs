using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

/// <summary>A model of random weights, which would write nonsense, answers with quotes.</summary>
public sealed class QuotedChatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalChatClient _client;

    public QuotedChatTests()
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
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithConstraint_Quotes_EveryAnswerIsVerbatimAndItsRangesAreRight(bool freeText)
    {
        QuoteConstraintOptions options = new() { AllowFreeText = freeText, MaxQuoteCharacters = 60 };
        QuoteSource[] sources = HardSources.All;
        QuoteOracle oracle = new(sources, options);
        for (int seed = 0; seed < 12; seed++)
        {
            QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
            ChatOptions asked = new ChatOptions { Temperature = seed % 3, Seed = seed, MaxOutputTokens = 60 + seed }.WithConstraint(constraint);
            QuoteTracker tracker = constraint.Track();
            List<ChatResponseUpdate> updates = [];
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync("Say it", asked, TestContext.Current.CancellationToken))
            {
                Assert.True(tracker.Append(update.Text));
                updates.Add(update);
            }

            ChatResponse response = updates.ToChatResponse();
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            Assert.True(tracker.IsComplete, response.Text);
            Assert.NotEmpty(tracker.Quotes);
            oracle.Check(response.Text, tracker.Quotes);
        }
    }

    [Fact]
    public async Task WithConstraint_RequestsAtOnce_QuoteTheirOwnSourcesAlone()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            QuoteSource source = new("own", string.Create(CultureInfo.InvariantCulture, $"The secret of number {i} is {i}{i}{i}{i}, and of nobody else."));
            QuoteConstraint constraint = QuoteConstraint.Create([source], new QuoteConstraintOptions { AllowFreeText = false, MinQuoteCharacters = 30, MaxQuotes = 2 });
            ChatResponse response = await _client.GetResponseAsync("Tell", new ChatOptions { Temperature = 1.5f, Seed = i, MaxOutputTokens = 300 }.WithConstraint(constraint), TestContext.Current.CancellationToken);
            Assert.NotEmpty(constraint.Find(response.Text));
            Assert.All(constraint.Find(response.Text), quote => Assert.Contains(quote.Text, source.Text, StringComparison.Ordinal));
            Assert.True(constraint.IsMatch(response.Text));
        }));
    }
}
