using Rag.Evaluation.Collections;
using Rag.Evaluation.Datasets;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Collections;

public sealed class CollectionReaderTests
{
    [Fact]
    public async Task SquadForm_EachParagraphAnswersItsOwnQuestionsAndImpossibleOnesAreLeftOut()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.FolderPath, "dev.json");
        await File.WriteAllTextAsync(path, """
            {"data":[{"title":"A","paragraphs":[
              {"context":"One two.","qas":[{"id":"q1","question":"One?","answers":[{"text":"One","answer_start":0}]}]},
              {"context":"Three.","qas":[{"id":"q2","question":"Four?","is_impossible":true,"answers":[]}]}]}]}
            """, TestContext.Current.CancellationToken);
        RetrievalCollection collection = await CollectionReader.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["A#0", "A#1"], collection.Documents.Select(document => document.Id));
        Assert.Equal("q1", Assert.Single(collection.Queries).Id);
        Assert.Equal(1, collection.Judgements["q1"]["A#0"]);
    }

    [Fact]
    public async Task BeirLayout_QueriesWithoutJudgementsAreLeftOut()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.FolderPath, "qrels"));
        await File.WriteAllTextAsync(Path.Combine(folder.FolderPath, "corpus.jsonl"), """{"_id":"d1","title":"T","text":"body"}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder.FolderPath, "queries.jsonl"), "{\"_id\":\"1\",\"text\":\"a\"}\n{\"_id\":\"2\",\"text\":\"b\"}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FolderPath, "qrels", "test.tsv"), "query-id\tcorpus-id\tscore\n2\td1\t1\n", TestContext.Current.CancellationToken);
        RetrievalCollection collection = await CollectionReader.ReadAsync(folder.FolderPath, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("T body", Assert.Single(collection.Documents).FullText);
        Assert.Equal("2", Assert.Single(collection.Queries).Id);
    }

    [Fact]
    public async Task UnknownLayout_IsNamed()
    {
        using TemporaryFolder folder = new();
        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => CollectionReader.ReadAsync(folder.FolderPath, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains(folder.FolderPath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cranfield_TitleIsNotRepeatedWhereTheTextOpensWithIt()
    {
        RetrievalCollection collection = await CollectionReader.ReadAsync(
            SharedData.Require("data", "retrieval", "cranfield"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(collection.Queries, query => Assert.NotEmpty(collection.Judgements[query.Id]));
        RetrievalDocument first = collection.Documents.Single(document => document.Id == "1");
        string[] words = first.FullText.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["experimental", "investigation"], words[..2]);
        Assert.Equal(1, words.Count(word => word == "investigation"));
    }

    [Fact]
    public void Sample_KeepsEvenlyChosenQueriesAndAllDocuments()
    {
        RetrievalCollection collection = new("x", [], [.. Enumerable.Range(0, 10).Select(i => new RetrievalQuery($"{i}", "q"))], new Dictionary<string, IReadOnlyDictionary<string, int>>());
        Assert.Equal(["0", "4", "8"], collection.Sample(3).Queries.Select(query => query.Id));
        Assert.Same(collection, collection.Sample(10));
    }
}
