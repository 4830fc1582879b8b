using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Documents;
using Rag.Prompting;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

public sealed class QuoteBindingTests
{
    private static readonly RetrievedChunk Harbour = Retrieved.Chunk("The town is old. The harbour opens at dawn in summer.", "harbour.md");
    private static readonly RetrievedChunk Guide = Retrieved.Chunk("Guide: The harbour opens at dawn in summer. Bring a coat.", "guide.md");

    [Fact]
    public async Task Quotes_WithoutReferences_AreCitations()
    {
        (Answer answer, FakeChatClient client) = await AskAsync("“The harbour opens at dawn”, says the guide. “Bring a coat.”", new SourceQuote(1, new TextRange(17, 42)), new SourceQuote(2, new TextRange(44, 57)));
        Assert.Equal([("harbour.md", "The harbour opens at dawn", 1), ("guide.md", "Bring a coat.", 2)], answer.Citations.Select(it => (it.DocumentId, it.Quote, it.Source)));
        Assert.Equal("bound", client.Options!.AdditionalProperties!["test"]);
    }

    [Fact]
    public async Task Quotes_ReferredToInAnotherSource_AreCitedFromThatOne()
    {
        (Answer answer, _) = await AskAsync("“The harbour opens at dawn” [2].", new SourceQuote(1, new TextRange(17, 42)));
        Citation citation = Assert.Single(answer.Citations);
        Assert.Equal(("guide.md", "The harbour opens at dawn", 2), (citation.DocumentId, citation.Quote, citation.Source));
    }

    [Fact]
    public async Task Quotes_ThatCannotBe_AreLeftOut()
    {
        (Answer answer, _) = await AskAsync("Nothing of it.", new SourceQuote(0, new TextRange(0, 3)), new SourceQuote(3, new TextRange(0, 3)), new SourceQuote(1, new TextRange(5, 500)), new SourceQuote(1, new TextRange(4, 4)));
        Assert.Empty(answer.Citations);
    }

    [Fact]
    public async Task Quotes_OfARefusal_AreNone()
    {
        (Answer answer, _) = await AskAsync(Refusal.DefaultSentence, new SourceQuote(1, new TextRange(17, 42)));
        Assert.True(answer.Refused);
        Assert.Empty(answer.Citations);
    }

    [Fact]
    public async Task Finder_GetsTheWordsAsTheModelWroteThem()
    {
        string? seen = null;
        ChatAnswerOptions options = new() { Quotes = (_, _, _) => text => { seen = text; return []; } };
        RetrievedChunk[] retrieved = [Harbour];
        FakeChatClient client = FakeChatClient.Saying(" See https://evil.example/x “The town is old.” ");
        await foreach (AnswerPart part in new ChatAnswerGenerator(client, await Retrieved.IndexOf(retrieved), options).GenerateAsync(new Question("?"), retrieved))
        {
            Assert.DoesNotContain("evil", part.Answer?.Text ?? "", StringComparison.Ordinal);
        }

        Assert.Equal(" See https://evil.example/x “The town is old.” ", seen);
    }

    private static async Task<(Answer Answer, FakeChatClient Client)> AskAsync(string says, params SourceQuote[] quotes)
    {
        RetrievedChunk[] retrieved = [Harbour, Guide];
        FakeChatClient client = FakeChatClient.Saying(says);
        ChatAnswerOptions options = new() { Quotes = Bind };
        Answer? answer = null;
        await foreach (AnswerPart part in new ChatAnswerGenerator(client, await Retrieved.IndexOf(retrieved), options).GenerateAsync(new Question("When does the harbour open?"), retrieved))
        {
            answer = part.Answer;
        }

        return (answer!, client);

        QuoteFinder Bind(IReadOnlyList<PromptSource> sources, string refusal, ChatOptions asked)
        {
            Assert.Equal([Harbour.Chunk.Text, Guide.Chunk.Text], sources.Select(source => source.Text));
            Assert.Equal(Refusal.DefaultSentence, refusal);
            asked.AdditionalProperties = new AdditionalPropertiesDictionary { ["test"] = "bound" };
            return text => text == says ? quotes : throw new InvalidOperationException(text);
        }
    }
}
