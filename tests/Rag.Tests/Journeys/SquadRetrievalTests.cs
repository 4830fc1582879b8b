using Rag.Answering;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Tests.Journeys;

/// <summary>The whole way with real parts: Markdown, chunks, a real sentence encoder, the index, both sides of the search.</summary>
public sealed class SquadRetrievalTests
{
    [Fact]
    public async Task EveryEighteenthArticle_AnswerIsInTheFirstFiveChunks() => await MeasureAsync(every: 18, questions: 40);

    /// <summary>All articles: minutes. Run with <c>dotnet test tests/Rag.Tests -- xUnit.Explicit=only</c>.</summary>
    [Fact(Explicit = true)]
    public async Task AllArticles_AnswerIsInTheFirstFiveChunks() => await MeasureAsync(every: 1, questions: 200);

    private static async Task MeasureAsync(int every, int questions)
    {
        string model = SharedData.Require("models", "all-MiniLM-L6-v2");
        SquadArticles articles = await SquadArticles.ReadAsync(SharedData.Require("data", "qa", "squad", "dev-v1.1.json.gz"), every);
        string folder = Directory.CreateTempSubdirectory("rag-squad").FullName;
        try
        {
            using SentenceEmbedder embedder = SentenceEmbedder.Load(model);
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder);
            StructureChunker chunker = new((ITokenCounter?)embedder.GetService(typeof(ITokenCounter)));
            IngestionResult ingested = await new IngestionPipeline(articles, [new MarkdownReader()], chunker, embedder, index).RunAsync();
            Assert.Empty(ingested.Failed);

            AnswerPipeline pipeline = new(new HybridRetriever(index, embedder), new ExtractiveAnswerGenerator(index));
            int asked = 0, found = 0, answered = 0;
            foreach (var question in articles.Questions(questions))
            {
                Answer answer = await pipeline.AskAsync(new Question(question.Question.Text));
                asked++;
                found += answer.Retrieved.Take(5).Any(chunk => SquadArticles.Holds(chunk, question)) ? 1 : 0;
                answered += question.Question.Answers.Any(gold => answer.Citations.Any(citation => citation.Quote.Contains(gold.Text, StringComparison.Ordinal))) ? 1 : 0;
                foreach (Citation citation in answer.Citations)
                {
                    Document document = (await index.GetDocumentAsync(citation.DocumentId))!;
                    Assert.Equal(document.Text[citation.Range.Start..citation.Range.End], citation.Quote);
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{asked} questions, {ingested.Chunks} chunks: answer in the first five {(double)found / asked:F3}, in a quoted sentence {(double)answered / asked:F3}");
            Assert.True(found >= .9 * asked, $"{found} of {asked} in the first five");
            Assert.True(answered >= .6 * asked, $"{answered} of {asked} in a quoted sentence");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
