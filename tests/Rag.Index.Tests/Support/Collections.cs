using System.Globalization;
using Rag.Evaluation.Datasets;
using Rag.Tests.Support;

namespace Rag.Index.Tests.Support;

/// <summary>The shared collections: documents, and the judged queries.</summary>
internal sealed record Collections(
    IReadOnlyList<(string Id, string Text)> Documents, IReadOnlyList<(RetrievalQuery Query, IReadOnlyDictionary<string, int> Judgements)> Queries)
{
    public static Task<Collections> ReadAsync(string name) => name == "scifact" ? SciFactAsync() : CranfieldAsync(document => document.TextWithTitle);

    public static async Task<Collections> SciFactAsync()
    {
        string folder = SharedData.Require("data", "retrieval", "scifact");
        return await JudgedAsync(
            document => document.FullText,
            BeirDataset.ReadCorpusAsync(Path.Combine(folder, "corpus.jsonl.gz")),
            BeirDataset.ReadQueriesAsync(Path.Combine(folder, "queries.jsonl")),
            await BeirDataset.ReadJudgementsAsync(Path.Combine(folder, "qrels", "test.tsv")));
    }

    public static async Task<Collections> CranfieldAsync(Func<RetrievalDocument, string> text)
    {
        string folder = SharedData.Require("data", "retrieval", "cranfield");
        return await JudgedAsync(
            text,
            TrecDataset.ReadCorpusAsync(Path.Combine(folder, "cran.all.1400.xml.gz")),
            TrecDataset.ReadQueriesAsync(Path.Combine(folder, "cran.qry.xml"), numberByOrdinal: true),
            await TrecDataset.ReadJudgementsAsync(Path.Combine(folder, "cranqrel.trec.txt")));
    }

    /// <summary>Paragraphs as documents; each question, or every n-th, judged by its own paragraph.</summary>
    public static async Task<Collections> ParagraphsAsync(string file, int everyNth = 1)
    {
        List<(string, string)> documents = [];
        List<(RetrievalQuery, IReadOnlyDictionary<string, int>)> queries = [];
        int question = 0;
        await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(file))
        {
            string id = documents.Count.ToString("D5", CultureInfo.InvariantCulture);
            documents.Add((id, paragraph.Text));
            queries.AddRange(paragraph.Questions.Where(_ => question++ % everyNth == 0)
                .Select(asked => (new RetrievalQuery(asked.Id, asked.Text), (IReadOnlyDictionary<string, int>)new Dictionary<string, int> { [id] = 1 })));
        }

        return new(documents, queries);
    }

    private static async Task<Collections> JudgedAsync(
        Func<RetrievalDocument, string> text, IAsyncEnumerable<RetrievalDocument> corpus, IAsyncEnumerable<RetrievalQuery> queries, Judgements judgements)
    {
        List<(string, string)> documents = [];
        await foreach (RetrievalDocument document in corpus)
        {
            documents.Add((document.Id, text(document)));
        }

        List<(RetrievalQuery, IReadOnlyDictionary<string, int>)> judged = [];
        await foreach (RetrievalQuery query in queries)
        {
            if (judgements.Queries.TryGetValue(query.Id, out IReadOnlyDictionary<string, int>? grades))
            {
                judged.Add((query, grades));
            }
        }

        return new(documents, judged);
    }
}
