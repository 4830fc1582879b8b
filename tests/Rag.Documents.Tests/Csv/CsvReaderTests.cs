namespace Rag.Documents.Tests;

public sealed class CsvReaderTests
{
    private static async Task<string[]> LinesAsync(string text, string id = "a.csv") => [.. Reading.Lines(await Reading.ReadAsync(id, text)).Select(line => line["TableRow: ".Length..])];

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task The_delimiter_is_found_and_values_carry_their_columns(char delimiter)
    {
        string text = $"Name{delimiter}Price{delimiter}Note\nWidget{delimiter}9.50{delimiter}\"a{delimiter}b\"\nBolt{delimiter}{delimiter}x\n";

        Assert.Equal(["Name | Price | Note", $"Name: Widget; Price: 9.50; Note: {(delimiter == '\t' ? "a b" : $"a{delimiter}b")}", "Name: Bolt; Note: x"], await LinesAsync(text));
    }

    [Fact]
    public async Task Quotes_double_and_hold_line_ends()
    {
        Assert.Equal(["k | v", "k: a; v: say \"hi\" twice"], await LinesAsync("k,v\r\na,\"say \"\"hi\"\"\r\ntwice\"\r\n"));
    }

    [Fact]
    public async Task Without_names_there_are_none()
    {
        Assert.Equal(["1 | 2", "3 | 4"], await LinesAsync("1,2\n3,4\n"));
        Assert.Equal(["a | a", "b | c"], await LinesAsync("a,a\nb,c\n"));
        Assert.Equal(["only | one"], await LinesAsync("only,one\n"));
    }

    [Fact]
    public async Task Rows_too_long_and_too_short_keep_their_values()
    {
        Assert.Equal(["a | b", "a: 1; b: 2; column 3: 3", "a: 4"], await LinesAsync("a,b\n1,2,3\n4\n"));
    }

    [Fact]
    public async Task An_unclosed_quote_does_not_swallow_the_file()
    {
        Assert.Equal(["h | i", "h: \"a; i: b", "h: c; i: d"], await LinesAsync("h,i\n\"a,b\nc,d\n"));
    }

    [Fact]
    public async Task Hostile_shapes_are_linear()
    {
        Assert.Equal(2, (await LinesAsync("a,b\n" + new string('"', 3_000_001))).Length);
        Assert.Equal(2, (await LinesAsync(new string(',', 100_000) + "x\n1,2")).Length);
        await Assert.ThrowsAsync<LimitExceededException>(async () => await new CsvReader(new CsvReaderOptions { MaxElements = 100 }).ReadAsync(
            new SourceItem { Id = "a.csv" }, System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("1\n", 101))), ""));
    }

    [Fact]
    public async Task An_empty_file_is_an_empty_document() => Assert.Equal("", (await Reading.ReadAsync("a.csv", "")).Text);
}
