using System.Text.Json;
using System.Text.RegularExpressions;
using Rag.Cli.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed partial class EvalAnswersCommandTests : IDisposable
{
    private const string Questions = """
        {"data": [
          {"title": "../Lamp", "paragraphs": [{"context": "The lamp by the door is green. It was bought in the year of the flood for the tower.", "qas": [
            {"id": "colour", "question": "Which colour has the lamp by the door?", "answers": [{"text": "green", "answer_start": 24}]},
            {"id": "weight", "question": "How heavy is the lamp by the door?", "is_impossible": true, "answers": []}]}]},
          {"title": "River", "paragraphs": [{"context": "The river Ouse ends in the cold North Sea.", "qas": [
            {"id": "sea", "question": "Where does the river Ouse end?", "answers": [{"text": "The river Ouse ends in the cold North Sea.", "answer_start": 0}]},
            {"id": "strange", "question": "Qwertz?", "answers": [{"text": "cold", "answer_start": 27}]}]}]}
        ]}
        """;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task For_a_person_figures_are_a_table()
    {
        ToolResult result = await RagTool.RunAsync("eval", "answers", _folder.Write("lamps.json", Questions), "--embedding-model", "none", "--reader", "none");
        Assert.True(result.ExitCode == 0, result.ToString());
        Golden.Check("eval-answers", Seconds().Replace(Milliseconds().Replace(result.Out, "|   (ms) |  (ms) |"), "stored in (s) s"));
    }

    [Fact]
    public async Task As_json_each_way_is_a_row_and_wrong_answers_are_lines_of_their_own_file()
    {
        string errors = _folder.Below("errors.jsonl");
        JsonElement json = (await RagTool.RunAsync(
            "eval", "answers", _folder.Write("lamps.json", Questions), "--embedding-model", "none", "--reader", "none", "--json", "--errors", errors)).Json();
        JsonElement row = Assert.Single(json.GetProperty("results").EnumerateArray().ToArray());
        Assert.Equal("lamps", row.GetProperty("collection").GetString());
        Assert.Equal("bm25", row.GetProperty("retriever").GetString());
        Assert.Equal("none", row.GetProperty("embeddingModel").GetString());
        Assert.False(row.GetProperty("reranked").GetBoolean());
        Assert.Equal(2, row.GetProperty("articles").GetInt32());
        Assert.Equal(3, row.GetProperty("questions").GetInt32());
        Assert.Equal(.3333, row.GetProperty("exactMatch").GetDouble());
        Assert.Equal(.6667, row.GetProperty("quoteHolds").GetDouble());
        Assert.Equal(.3333, row.GetProperty("wronglyRefused").GetDouble());
        Assert.Equal(1, row.GetProperty("refusedWithoutArticle").GetDouble());
        Assert.Equal(1, row.GetProperty("unanswerable").GetInt32());
        Assert.Equal(0, row.GetProperty("refusedUnanswerable").GetDouble());
        Assert.Equal(3, row.GetProperty("timedQuestions").GetInt32());
        Assert.Equal(.6667, row.GetProperty("pressedQuoteHolds").GetDouble());

        JsonElement[] lines = [.. (await File.ReadAllLinesAsync(errors)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["colour", "strange", "weight"], lines.Select(line => line.GetProperty("id").GetString()));
        Assert.Equal(["answerable", "answerable", "unanswerable"], lines.Select(line => line.GetProperty("setting").GetString()));
        Assert.Equal([false, true, false], lines.Select(line => line.GetProperty("refused").GetBoolean()));
        Assert.Equal("green", lines[0].GetProperty("gold")[0].GetString());
        Assert.Equal("The lamp by the door is green.", lines[0].GetProperty("goldSentence").GetString());
        Assert.Equal("0001-Lamp.md", lines[0].GetProperty("goldDocument").GetString());
        Assert.Equal(1, lines[0].GetProperty("goldRank").GetInt32());
        Assert.Equal("0001-Lamp.md", lines[0].GetProperty("citations")[0].GetProperty("document").GetString());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("goldRank").ValueKind);
    }

    [Fact]
    public async Task With_the_models_in_the_box_every_way_is_measured()
    {
        string file = _folder.Write("lamps.json", Questions);
        JsonElement json = (await RagTool.RunAsync("eval", "answers", file, file, "--json", "--questions", "1")).Json();
        Assert.Equal(
            [.. Ways("bm25", "dense", "hybrid"), .. Ways("bm25", "dense", "hybrid")],
            json.GetProperty("results").EnumerateArray().Select(row => (row.GetProperty("retriever").GetString(), row.GetProperty("reranked").GetBoolean())));
        JsonElement chosen = (await RagTool.RunAsync("eval", "answers", file, "--json", "--reader", "none", "--retrieval", "hybrid,BM25")).Json();
        Assert.Equal(["bm25", "hybrid"], chosen.GetProperty("results").EnumerateArray().Select(row => row.GetProperty("retriever").GetString()));

        static IEnumerable<(string?, bool)> Ways(params string[] retrievers) => retrievers.SelectMany(name => new (string?, bool)[] { (name, false), (name, true) });
    }

    [Fact]
    public async Task What_cannot_be_measured_is_a_sentence()
    {
        string file = _folder.Write("lamps.json", Questions);
        Assert.Contains("nowhere.json", (await RagTool.RunAsync("eval", "answers", file, _folder.Below("nowhere.json"))).Sentence(), StringComparison.Ordinal);
        Assert.Contains("broken.json", (await RagTool.RunAsync("eval", "answers", _folder.Write("broken.json", "{"), "--json")).Sentence(), StringComparison.Ordinal);
        Assert.Contains("embedding model", (await RagTool.RunAsync("eval", "answers", file, "--embedding-model", "none", "--retrieval", "dense")).Sentence(), StringComparison.Ordinal);
        Assert.Contains("errors", (await RagTool.RunAsync("eval", "answers", file, "--embedding-model", "none", "--errors", _folder.Below("no/folder/e"))).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_paragraphs_chooses_questions_and_articles()
    {
        string list = _folder.Write("list.jsonl", """{"title": "River", "paragraph": 0}""" + "\n");
        JsonElement row = (await RagTool.RunAsync(
            "eval", "answers", _folder.Write("lamps.json", Questions), "--about", list, "--embedding-model", "none", "--reader", "none", "--json")).Json().GetProperty("results")[0];
        Assert.Equal(1, row.GetProperty("articles").GetInt32());
        Assert.Equal(2, row.GetProperty("questions").GetInt32());
        Assert.Equal(0, row.GetProperty("unanswerable").GetInt32());
        string nothing = _folder.Write("nothing.jsonl", """{"title": "River", "paragraph": 7}""" + "\n");
        Assert.Contains("No question of lamps", (await RagTool.RunAsync("eval", "answers", _folder.Below("lamps.json"), "--about", nothing)).Sentence(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval", "answers")]
    [InlineData("eval", "answers", "x.json", "--questions", "0")]
    [InlineData("eval", "answers", "x.json", "--questions", "many")]
    [InlineData("eval", "answers", "x.json", "--retrieval", "sparse")]
    [InlineData("eval", "answers", "x.json", "--retrieval", "")]
    public async Task Misuse_is_a_sentence_with_a_hint_and_exit_code_2(params string[] arguments) =>
        Assert.EndsWith("Try 'rag eval answers --help'.", (await RagTool.RunAsync(arguments)).Sentence(Cli.ExitCode.Usage), StringComparison.Ordinal);

    [Fact]
    public async Task It_helps() => Golden.Check("help-eval-answers", (await RagTool.RunAsync("eval", "answers", "--help")).Out);

    [GeneratedRegex(@"\| +\d+ \| +\d+ \|$", RegexOptions.Multiline)]
    private static partial Regex Milliseconds();

    [GeneratedRegex(@"stored in [\d.]+ s")]
    private static partial Regex Seconds();
}
