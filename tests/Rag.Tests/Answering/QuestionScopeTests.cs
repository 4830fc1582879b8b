using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Chunking;
using Rag.Documents;
using Rag.Index;
using Rag.Index.Filters;
using Rag.Reading;
using Rag.Retrieval;
using Rag.Testing;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

/// <summary>A question's scope reaches everything on its way: nothing beyond it is retrieved, ordered, shown to a model, quoted, cited or told of.</summary>
public sealed class QuestionScopeTests : IAsyncDisposable
{
    private const string Asked = "How much is the bonus of the harbour master?";
    private const string Secret = "4711";

    private readonly InMemoryChunkIndex _index = new();
    private readonly RecordingReranker _reranker = new();

    public static TheoryData<string> Generators => ["sentences", "reader", "chat"];

    public ValueTask DisposeAsync() => _index.DisposeAsync();

    private async Task IngestAsync()
    {
        FakeSource source = new();
        source.With("board/bonus.txt", $"The bonus of the harbour master is {Secret} crowns.").With("open.txt", "The bonus of the harbour pilot is 12 crowns. The harbour opens at dawn.")
            .With("staff/master.txt", "The harbour master has a bonus of a boat.");
        await new IngestionPipeline(source, [new FakeReader()], new StructureChunker(), new FakeEmbedder(), _index, new() { Attributes = Attributes }).RunAsync();
    }

    private static DocumentAttributes Attributes(SourceItem item) => new()
    {
        Access = item.Id.Contains('/', StringComparison.Ordinal) ? [item.Id[..item.Id.IndexOf('/', StringComparison.Ordinal)]] : [],
        Metadata = DocumentMetadata.Create([new("length", item.Length!.Value)]),
    };

    private AnswerPipeline Pipeline(IAnswerGenerator generator) => new(new HybridRetriever(_index, new FakeEmbedder()), generator, new() { RerankPool = 20 }, reranker: _reranker);

    private (IAnswerGenerator Generator, Func<string> Seen) Generator(string name)
    {
        FakeSpanReader reader = FakeSpanReader.Pointing((Secret, 9), ("a boat", 8), ("12 crowns", 7));
        FakeChatClient chat = new(_ => [$"The bonus is “{Secret} crowns” [1]. “The bonus of the harbour master is {Secret} crowns.” [2] Another is “a boat” [1]."]);
        return name switch
        {
            "sentences" => (new ExtractiveAnswerGenerator(_index, new FakeEmbedder()), () => ""),
            "reader" => (AnswerGenerators.WithoutLanguageModel(_index, new FakeEmbedder(), reader, 0), () => string.Join('\n', reader.Read)),
            _ => (new ChatAnswerGenerator(chat, _index), () => string.Join('\n', chat.Prompt!.Select(message => message.Text))),
        };
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public async Task Nothing_beyond_the_scope_is_retrieved_ordered_read_or_cited(string name)
    {
        await IngestAsync();
        foreach (SearchScope scope in (SearchScope[])[SearchScope.Public, new(Principal: new("staff")), new(MetadataFilter.Parse("length > 0"), new("staff"))])
        {
            (IAnswerGenerator generator, Func<string> seen) = Generator(name);
            Answer answer = await Pipeline(generator).AskAsync(new Question(Asked) { Scope = scope });

            Assert.NotEmpty(answer.Retrieved);
            Assert.DoesNotContain(answer.Retrieved, hit => hit.Chunk.DocumentId.StartsWith("board", StringComparison.Ordinal));
            Assert.DoesNotContain(_reranker.Seen, text => text.Contains(Secret, StringComparison.Ordinal));
            Assert.DoesNotContain(Secret, seen(), StringComparison.Ordinal);
            Assert.DoesNotContain(answer.Citations, citation => citation.DocumentId.StartsWith("board", StringComparison.Ordinal) || citation.Quote.Contains(Secret, StringComparison.Ordinal));
            if (name != "chat")
            {
                Assert.DoesNotContain(Secret, answer.Text + answer.Note, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public async Task Who_may_read_it_gets_it_through_every_part(string name)
    {
        await IngestAsync();
        (IAnswerGenerator generator, Func<string> seen) = Generator(name);
        Answer answer = await Pipeline(generator).AskAsync(new Question(Asked) { Scope = new(Principal: new("board")) });

        Assert.Contains(answer.Retrieved, hit => hit.Chunk.DocumentId == "board/bonus.txt");
        Assert.Contains(_reranker.Seen, text => text.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(Secret, answer.Text + seen(), StringComparison.Ordinal);
        Assert.Contains(answer.Citations, citation => citation.DocumentId == "board/bonus.txt");
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public async Task What_is_taken_away_while_the_question_is_under_way_is_not_cited(string name)
    {
        await IngestAsync();
        _reranker.Meanwhile = async () => await _index.UpdateAsync("board/bonus.txt", new DocumentAttributes { Access = ["nobody"] });
        Answer answer = await Pipeline(Generator(name).Generator).AskAsync(new Question(Asked) { Scope = new(Principal: new("board")) });

        Assert.DoesNotContain(answer.Citations, citation => citation.DocumentId == "board/bonus.txt");
    }

    [Fact]
    public async Task A_follow_up_is_asked_within_its_own_scope()
    {
        await IngestAsync();
        AnswerPipeline pipeline = Pipeline(new ExtractiveAnswerGenerator(_index, new FakeEmbedder()));
        Answer first = await pipeline.AskAsync(new Question(Asked) { Scope = new(Principal: new("board")) });
        Answer second = await pipeline.AskAsync(new Question("How much of it?")
        {
            Scope = new(Principal: new("staff")),
            History = [new(ChatRole.User, Asked), new(ChatRole.Assistant, first.Text)],
        });

        Assert.DoesNotContain(second.Retrieved, hit => hit.Chunk.DocumentId.StartsWith("board", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_remembers_reads_nobody_the_passages_of_another()
    {
        await IngestAsync();
        FakeSpanReader inner = FakeSpanReader.Pointing((Secret, 9));
        RememberingSpanReader reader = new(inner);
        AnswerPipeline pipeline = Pipeline(AnswerGenerators.WithoutLanguageModel(_index, new FakeEmbedder(), reader, 0));
        Assert.Contains(Secret, (await pipeline.AskAsync(new Question(Asked) { Scope = new(Principal: new("board")) })).Text, StringComparison.Ordinal);

        Answer other = await pipeline.AskAsync(new Question(Asked) { Scope = new(Principal: new("staff")) });
        Assert.DoesNotContain(Secret, other.Text + other.Note, StringComparison.Ordinal);
    }

    private sealed class RecordingReranker : IReranker
    {
        public List<string> Seen { get; } = [];

        public Func<Task>? Meanwhile { get; set; }

        public async ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default)
        {
            Seen.AddRange(chunks.Select(hit => hit.Chunk.Text));
            if (Meanwhile is not null)
            {
                await Meanwhile();
            }

            return chunks;
        }
    }
}
