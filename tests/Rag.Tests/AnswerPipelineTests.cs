using System.Diagnostics;
using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Diagnostics;
using Rag.Documents;
using Rag.Index;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests;

public sealed class AnswerPipelineTests
{
    private static readonly RetrievedChunk[] Chunks = [Retrieved.Chunk("The harbour opens at dawn.", "a.md"), Retrieved.Chunk("The library opens at nine.", "b.md")];
    private readonly StubRetriever _retriever = new();
    private readonly StubGenerator _generator = new();

    private AnswerPipeline Pipeline(IReranker? reranker = null, AnswerOptions? options = null) => new(_retriever, _generator, options, reranker: reranker);

    [Fact]
    public async Task Stream_GivesRetrievedThenTextThenOneAnswerLast()
    {
        List<AnswerPart> parts = await Pipeline().StreamAsync(new Question("When?")).ToListAsync();
        Assert.NotNull(parts[0].Retrieved);
        Assert.Equal("At dawn. [1]", string.Concat(parts.Skip(1).Select(part => part.Text)));
        Assert.Single(parts, part => part.Answer is not null);
        Assert.NotNull(parts[^1].Answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Ask_BlankQuestion_IsTheCallersMistake(string question) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Pipeline().AskAsync(new Question(question)));

    [Fact]
    public async Task Ask_TooMuch_NamesTheLimit()
    {
        LimitExceededException length = await Assert.ThrowsAsync<LimitExceededException>(() => Pipeline().AskAsync(new Question(new string('x', 40_000))));
        LimitExceededException top = await Assert.ThrowsAsync<LimitExceededException>(() => Pipeline().AskAsync(new Question("When?") { Top = int.MaxValue }));
        Assert.Equal((nameof(AnswerOptions.MaxQuestionCharacters), nameof(AnswerOptions.MaxTop)), (length.LimitName, top.LimitName));
    }

    [Fact]
    public async Task Ask_Top_GoesToTheRetriever()
    {
        await Pipeline().AskAsync(new Question("When?"));
        await Pipeline().AskAsync(new Question("When?") { Top = 3 });
        Assert.Equal([10, 3], _retriever.Tops);
    }

    [Theory]
    [InlineData("And the library?", "When does the harbour open?\nAnd the library?")]
    [InlineData("Why does it open so early in summer months?", "When does the harbour open?\nWhy does it open so early in summer months?")]
    [InlineData("In winter?", "When does the harbour open?\nIn winter?")]
    [InlineData("Who is the director?", "Who is the director?")]
    [InlineData("Can I bring my dog?", "Can I bring my dog?")]
    [InlineData("Which rules apply to dogs on ferries?", "Which rules apply to dogs on ferries?")]
    public async Task Ask_QuestionThatLeansOnTheOneBefore_IsSearchedWithIt(string question, string expected)
    {
        await Pipeline().AskAsync(new Question(question) { History = [new ChatMessage(ChatRole.User, "When does the harbour open?"), new ChatMessage(ChatRole.Assistant, "At dawn.")] });
        Assert.Equal([expected], _retriever.Queries);
    }

    [Fact]
    public async Task Ask_Reranker_DecidesTheOrderAndTheNumbers()
    {
        Answer answer = await Pipeline(new Reverse()).AskAsync(new Question("When?") { Top = 1 });
        Assert.Equal(["b.md"], answer.Retrieved.Select(item => item.Chunk.DocumentId));
        Assert.Equal([50], _retriever.Tops);
        Assert.Contains("rerank", answer.Timings.Select(step => step.Key));
    }

    [Fact]
    public async Task Ask_UnsoundCitations_AreDropped()
    {
        Citation sound = new("a.md", null, new TextRange(4, 11), "harbour", 1);
        _generator.Citations =
        [
            sound, sound with { Quote = "Harbour" }, sound with { Source = 2 }, sound with { Source = 3 }, sound with { Source = 0 }, sound with { DocumentId = "c.md" },
            sound with { Range = new TextRange(4, 12) }, sound with { Range = new TextRange(-1, 6) }, sound with { Range = new TextRange(20, 27) }, sound with { Quote = "", Range = new TextRange(4, 4) },
        ];
        Assert.Equal([sound], (await Pipeline().AskAsync(new Question("When?"))).Citations);
    }

    [Fact]
    public async Task Ask_Refusal_HasNoCitations()
    {
        _generator.Citations = [new Citation("a.md", null, new TextRange(4, 11), "harbour", 1)];
        _generator.Refused = true;
        Assert.Empty((await Pipeline().AskAsync(new Question("When?"))).Citations);
    }

    [Fact]
    public async Task Ask_Timings_AreInTheOrderTaken() =>
        Assert.Equal(["retrieve", "generate", "check"], (await Pipeline().AskAsync(new Question("When?"))).Timings.Select(step => step.Key));

    [Fact]
    public async Task Ask_Cancelled_Throws()
    {
        using CancellationTokenSource stop = new();
        _generator.WhenAsked = stop.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipeline().AskAsync(new Question("When?"), stop.Token));
    }

    [Fact]
    public async Task Ask_GeneratorWithoutAnAnswer_IsAFault()
    {
        _generator.IsSilent = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Pipeline().AskAsync(new Question("When?")));
    }

    [Fact]
    public async Task Ask_Traced_IsOneActivityWithoutTheQuestion()
    {
        List<Activity> activities = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == RagDiagnostics.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (activities) { activities.Add(activity); } },
        };
        ActivitySource.AddActivityListener(listener);
        using Activity parent = new Activity("test").Start();
        await Pipeline().AskAsync(new Question("Secret question?"));
        Activity asked = Assert.Single(activities, activity => activity.ParentId == parent.Id && activity.OperationName == "rag.ask");
        Assert.DoesNotContain(asked.TagObjects, tag => tag.Value is string text && text.Contains("Secret", StringComparison.Ordinal));
        Assert.Contains(asked.TagObjects, tag => tag.Key == "rag.retrieved" && Equals(tag.Value, 2));
    }

    private sealed class StubRetriever : IRetriever
    {
        public List<string> Queries { get; } = [];

        public List<int> Tops { get; } = [];

        public List<SearchScope> Scopes { get; } = [];

        public ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(string query, int top, SearchScope scope, CancellationToken cancellationToken = default)
        {
            Scopes.Add(scope);
            Queries.Add(query);
            Tops.Add(top);
            return new([.. Chunks.Take(top)]);
        }
    }

    private sealed class StubGenerator : IAnswerGenerator
    {
        public string Name => "stub";

        public IReadOnlyList<Citation> Citations { get; set; } = [];

        public bool Refused { get; set; }

        public bool IsSilent { get; set; }

        public Action WhenAsked { get; set; } = () => { };

        public async IAsyncEnumerable<AnswerPart> GenerateAsync(
            Question question, IReadOnlyList<RetrievedChunk> retrieved, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            WhenAsked();
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new AnswerPart { Text = "At " };
            yield return new AnswerPart { Text = "dawn. [1]" };
            if (!IsSilent)
            {
                yield return new AnswerPart
                {
                    Answer = new Answer
                    {
                        Text = "At dawn. [1]", Generator = Name, Refused = Refused, Citations = Citations, Retrieved = retrieved,
                        Timings = [new KeyValuePair<string, TimeSpan>("generate", TimeSpan.FromSeconds(1))],
                    },
                };
            }
        }
    }

    private sealed class Reverse : IReranker
    {
        public ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default) =>
            new([.. chunks.Reverse()]);
    }
}
