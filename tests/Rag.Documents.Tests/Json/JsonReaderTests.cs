using System.Text;

namespace Rag.Documents.Tests;

public sealed class JsonReaderTests
{
    private static async Task<string[]> LinesAsync(string text, string id = "a.json") => Reading.Lines(await Reading.ReadAsync(id, text));

    [Fact]
    public async Task Every_object_of_an_array_is_a_record_with_its_paths()
    {
        Document document = await Reading.ReadAsync("a.json", """
            {"title":"Shop","open":true,"owner":{"name":"Kim","age":null},"tags":["x","y"],
             "orders":[{"id":1,"lines":[{"sku":"A"},{"sku":"B","qty":2}]},{"id":2}]} // end
            """);

        Assert.Equal("Shop", document.Title);
        Assert.Equal(
            ["TableRow: title: Shop; open: true; owner.name: Kim; tags: x, y", "TableRow: orders[0]: id: 1", "TableRow: orders[0].lines[0]: sku: A", "TableRow: orders[0].lines[1]: sku: B; qty: 2", "TableRow: orders[1]: id: 2"],
            Reading.Lines(document));
    }

    [Fact]
    public async Task Lines_are_records_of_their_own()
    {
        Assert.Equal(["TableRow: a: 1", "TableRow: a: 2"], await LinesAsync("{\"a\":1}\n\n{\"a\":2}\n", "a.jsonl"));
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => LinesAsync("{\"a\":1}\n{", "a.jsonl"));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_record_is_written_value_by_value()
    {
        string[] lines = await LinesAsync($$"""{"name":"n","body":"{{new string('b', 3000)}}"}""");

        Assert.Equal(["Paragraph: name: n", $"Paragraph: body: {new string('b', 3000)}"], lines);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_and_other_encodings_do_no_harm()
    {
        Assert.Single(await LinesAsync("""{"a":"\ud800","b":"x"}"""));
        Assert.Equal("이름: 김철수", (await Reading.ReadAsync("a.json", KnownEncodings.Cp949.GetBytes("{\"이름\":\"김철수\"}"))).Text);
        Assert.Equal("이름: 김철수", (await Reading.ReadAsync("a.json", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{\"이름\":\"김철수\"}")])).Text);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":}")]
    [InlineData("[1,2")]
    [InlineData("nonsense")]
    public async Task What_is_no_JSON_is_corrupt(string text) => await Assert.ThrowsAsync<CorruptException>(() => LinesAsync(text));

    [Fact]
    public async Task Depth_values_and_long_paths_have_limits()
    {
        LimitExceededException depth = await Assert.ThrowsAsync<LimitExceededException>(() => LinesAsync(new string('[', 100_000)));
        Assert.Equal("MaxDepth", depth.LimitName);
        var small = new JsonReader(new JsonReaderOptions { MaxValues = 100, MaxTextCharacters = 1000 });
        var item = new SourceItem { Id = "a.json" };
        await Assert.ThrowsAsync<LimitExceededException>(async () => await small.ReadAsync(item, Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 200))}]"), ""));
        await Assert.ThrowsAsync<LimitExceededException>(async () => await small.ReadAsync(item, Encoding.UTF8.GetBytes($"{{\"{new string('k', 500)}\":{{{string.Join(',', Enumerable.Range(0, 20).Select(i => $"\"{new string('n', 100)}{i}\":1"))}}}}}"), ""));
    }
}
