using System.IO.Compression;
using System.Text;
using Rag.Evaluation.Datasets;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Datasets;

public sealed class DatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rag-datasets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SciFact_has_its_documents_claims_and_judgements()
    {
        string folder = SharedData.Require("data", "retrieval", "scifact");
        List<RetrievalDocument> documents = await BeirDataset.ReadCorpusAsync(Path.Combine(folder, "corpus.jsonl.gz")).ToListAsync();
        List<RetrievalQuery> queries = await BeirDataset.ReadQueriesAsync(Path.Combine(folder, "queries.jsonl")).ToListAsync();
        Judgements judgements = await BeirDataset.ReadJudgementsAsync(Path.Combine(folder, "qrels", "test.tsv"));
        Assert.Equal(5_183, documents.Count);
        Assert.Equal(300, judgements.Queries.Count);
        Assert.Equal(1, judgements.Queries["1"]["31715818"]);
        Assert.Subset(queries.Select(query => query.Id).ToHashSet(), judgements.Queries.Keys.ToHashSet());
        Assert.Subset(documents.Select(document => document.Id).ToHashSet(), judgements.Queries.Values.SelectMany(grades => grades.Keys).ToHashSet());
        Assert.StartsWith("Microstructural development of human newborn cerebral white matter", documents[0].FullText, StringComparison.Ordinal);
        Assert.Equal($"{documents[0].Title} {documents[0].Text}", documents[0].FullText);
    }

    [Fact]
    public async Task Cranfield_has_its_abstracts_and_queries_by_place()
    {
        string folder = SharedData.Require("data", "retrieval", "cranfield");
        List<RetrievalDocument> documents = await TrecDataset.ReadCorpusAsync(Path.Combine(folder, "cran.all.1400.xml.gz")).ToListAsync();
        List<RetrievalQuery> queries = await TrecDataset.ReadQueriesAsync(Path.Combine(folder, "cran.qry.xml"), numberByOrdinal: true).ToListAsync();
        Judgements judgements = await TrecDataset.ReadJudgementsAsync(Path.Combine(folder, "cranqrel.trec.txt"));
        Assert.Equal(1_400, documents.Count);
        Assert.Equal(225, queries.Count);
        Assert.Equal("225", queries[^1].Id);
        Assert.Equal(queries.Select(query => query.Id).ToHashSet(), judgements.Queries.Keys.ToHashSet());
        Assert.Equal(documents[0].Text, documents[0].TextWithTitle);
        Assert.StartsWith("what similarity laws", queries[0].Text, StringComparison.Ordinal);
        Assert.Equal("4", (await TrecDataset.ReadQueriesAsync(Path.Combine(folder, "cran.qry.xml")).ToListAsync())[2].Id);
    }

    [Theory]
    [InlineData("squad/dev-v1.1.json.gz", 2_067, 10_570, 0)]
    [InlineData("squad/dev-v2.0.json.gz", 1_204, 11_873, 5_945)]
    [InlineData("korquad/KorQuAD_v1.0_dev.json", 964, 5_774, 0)]
    public async Task Question_sets_have_their_paragraphs_and_questions(string file, int paragraphs, int questions, int impossible)
    {
        List<QuestionParagraph> read = await SquadDataset.ReadAsync(SharedData.Require("data", "qa", file)).ToListAsync();
        Assert.Equal(paragraphs, read.Count);
        AnsweredQuestion[] all = [.. read.SelectMany(paragraph => paragraph.Questions)];
        Assert.Equal(questions, all.Length);
        Assert.Equal(impossible, all.Count(question => question.IsImpossible));
        Assert.All(all, question => Assert.Equal(question.IsImpossible, question.Answers.Count == 0));
    }

    [Theory]
    [InlineData("corpus.jsonl", "{\"_id\":\"1\",\"text\":\"a\"}\nnot json\n", "line 2: not a JSON object")]
    [InlineData("corpus.jsonl", "{\"_id\":\"1\"}\n", "line 1: \"text\" is missing")]
    [InlineData("corpus.jsonl", "{\"_id\":1,\"text\":\"a\"}\n", "line 1: \"_id\" is not a string")]
    [InlineData("corpus.jsonl", "[]\n", "line 1: \"_id\" is missing")]
    [InlineData("qrels.tsv", "query-id\tcorpus-id\tscore\n1\t2\n", "line 2: expected query id")]
    [InlineData("squad.json", "{\"data\":[{\"paragraphs\":7}]}", "no array \"paragraphs\"")]
    [InlineData("squad.json", "{\"data\":[1]}", "no array \"paragraphs\"")]
    [InlineData("squad.json", "{\"data\":", "not sound")]
    [InlineData("squad.json", "{\"data\":[{\"paragraphs\":[{\"context\":\"c\",\"qas\":[{\"id\":\"1\",\"question\":\"q\",\"answers\":[{\"text\":\"a\"}]}]}]}]}", "without answer_start")]
    [InlineData("docs.xml", "<doc><docno> </docno></doc>", "without a docno")]
    [InlineData("docs.xml", "<doc><docno>1</docno>", "not sound")]
    [InlineData("docs.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><doc><docno>&e;</docno></doc>", "not sound")]
    [InlineData("qrels.txt", "1 0 2\n", "line 1: expected query id")]
    [InlineData("a.run", "1 Q0 d 1 high x\n", "line 1: expected query id")]
    [InlineData("corpus.jsonl.gz", "this is not gzip", "cannot be read at line 1")]
    public async Task A_damaged_file_is_named_with_the_place(string name, string content, string sentence)
    {
        string path = Write(name, Encoding.UTF8.GetBytes(content));
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(path, null));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Location);
    }

    [Fact]
    public async Task Invalid_UTF8_is_damage_and_not_a_replacement_character() =>
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync(Write("corpus.jsonl", [.. "{\"_id\":\"1\",\"text\":\""u8, 0xFF, .. "\"}"u8]), null));

    [Theory]
    [InlineData("corpus.jsonl")]
    [InlineData("corpus.jsonl.gz")]
    [InlineData("squad.json")]
    [InlineData("docs.xml")]
    public async Task A_file_past_its_limit_is_refused_by_the_limits_name(string name)
    {
        byte[] content = [.. Enumerable.Repeat((byte)' ', 100_000), .. "{}"u8];
        string path = Write(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(content) : content);
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync(path, new() { MaxBytes = 50_000 }));
        Assert.Equal(nameof(DatasetOptions.MaxBytes), error.LimitName);
    }

    [Fact]
    public async Task A_line_past_its_limit_is_refused_and_a_missing_file_is_unavailable()
    {
        string path = Write("corpus.jsonl", Encoding.UTF8.GetBytes("{\"_id\":\"1\",\"text\":\"" + new string('x', 5_000) + "\"}"));
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync(path, new() { MaxLineLength = 1_000 }));
        Assert.Equal(nameof(DatasetOptions.MaxLineLength), error.LimitName);
        await Assert.ThrowsAsync<UnavailableException>(() => ReadAsync(Path.Combine(_folder, "corpus.jsonl.absent"), null));
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static async Task ReadAsync(string path, DatasetOptions? options)
    {
        switch (Path.GetFileName(path).Split('.'))
        {
            case ["squad", ..]:
                await SquadDataset.ReadAsync(path, options).ToListAsync();
                break;
            case ["docs", ..]:
                await TrecDataset.ReadCorpusAsync(path, options).ToListAsync();
                break;
            case ["qrels", "tsv"]:
                await BeirDataset.ReadJudgementsAsync(path, options);
                break;
            case ["qrels", "txt"]:
                await TrecDataset.ReadJudgementsAsync(path, options);
                break;
            case [_, "run"]:
                await TrecDataset.ReadRunAsync(path, options);
                break;
            default:
                await BeirDataset.ReadCorpusAsync(path, options).ToListAsync();
                break;
        }
    }

    private static byte[] Gzip(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionMode.Compress))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
