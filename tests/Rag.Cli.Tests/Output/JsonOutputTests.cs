using System.Text.Json;
using Rag.Answering;
using Rag.Chunks;
using Rag.Cli.Output;
using Rag.Documents;
using Rag.Ingestion;
using Rag.Retrieval;

namespace Rag.Cli.Tests.Output;

public sealed class JsonOutputTests
{
    private static readonly Chunk Passage = new()
    {
        Id = "c", DocumentId = "a/b.md", Ordinal = 0, Range = new TextRange(3, 7), Text = "돔 <b>", HeadingPath = ["One", "Two"],
    };

    [Fact]
    public void Search_result_has_the_promised_members_and_no_page_where_there_is_none()
    {
        string json = JsonOutput.Serialize(SearchJson.From([new RetrievedChunk(Passage, .5, 2.25f, null)]));
        Assert.Equal("""{"results":[{"document":"a/b.md","start":3,"end":7,"heading":"One › Two","text":"돔 <b>","score":0.5,"bm25":2.25,"dense":null}]}""", json);
    }

    [Fact]
    public void Page_stands_after_the_document()
    {
        string json = JsonOutput.Serialize(SearchJson.From([new RetrievedChunk(Passage with { Page = 4 }, .5, float.NaN, .25f)]));
        Assert.Contains("\"document\":\"a/b.md\",\"page\":4,\"start\":3", json, StringComparison.Ordinal);
        Assert.Contains("\"bm25\":null,\"dense\":0.25", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_has_the_promised_members_and_a_refusal_no_citations()
    {
        var answer = new Answer
        {
            Text = "Yes [1].",
            Generator = "extractive",
            Refused = false,
            Citations = [new Citation("a/b.md", 2, new TextRange(3, 4), "돔", 1)],
            Retrieved = [],
            Timings = [new("retrieve", TimeSpan.FromSeconds(.25)), new("generate", TimeSpan.FromSeconds(1))],
        };
        Assert.Equal(
            """{"answer":"Yes [1].","generator":"extractive","refused":false,"citations":[{"document":"a/b.md","page":2,"start":3,"end":4,"quote":"돔"}],"retrieved":[],"usage":null,"timings":{"retrieve":0.25,"generate":1}}""",
            JsonOutput.Serialize(AnswerJson.From(answer)));
        Assert.Contains("\"citations\":[]", JsonOutput.Serialize(AnswerJson.From(answer with { Refused = true })), StringComparison.Ordinal);
    }

    [Fact]
    public void Ingest_has_the_promised_members()
    {
        var result = new IngestionResult
        {
            Added = 1, Updated = 2, Unchanged = 3, Removed = 4, Chunks = 5, Elapsed = TimeSpan.FromSeconds(.5),
            Failed = [new IngestionFailure("x.pdf", "It is encrypted.", new UnsupportedException("It is encrypted."))],
        };
        Assert.Equal(
            """{"added":1,"updated":2,"unchanged":3,"removed":4,"failed":[{"document":"x.pdf","error":"It is encrypted."}],"chunks":5,"embedded":0,"seconds":0.5}""",
            JsonOutput.Serialize(IngestionJson.From(result)));
    }

    [Fact]
    public void What_could_fool_a_terminal_is_escaped_and_means_the_same()
    {
        const string Text = "\u001b[31m\u009b1m\u202Ereversed\u2028 안녕 \"quoted\" \u007f 🙂";
        string json = JsonOutput.Serialize(new ModelCacheJson(Text));
        Assert.DoesNotContain(json, character => char.IsControl(character) || character is '\u202E' or '\u2028');
        using JsonDocument parsed = JsonDocument.Parse(json);
        Assert.Equal(Text, parsed.RootElement.GetProperty("folder").GetString());
    }
}
