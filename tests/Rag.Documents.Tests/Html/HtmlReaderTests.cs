using System.Text;

namespace Rag.Documents.Tests;

public sealed class HtmlReaderTests
{
    private static async Task<string[]> LinesAsync(string html) => Reading.Lines(await Reading.ReadAsync("a.html", html));

    [Fact]
    public async Task Structure_comes_out_in_reading_order()
    {
        Document document = await Reading.ReadAsync("a.html", """
            <!doctype html><html><head><title> The &amp; title </title></head><body><h1>Top</h1><p>One <b>bold</b>
            word.<p>Two<br>lines<ul><li>a<li>b<ol><li>c</ol></ul><pre>  x = 1
              y</pre><h3>End</h3>tail</body></html>
            """);

        Assert.Equal("The & title", document.Title);
        Assert.Equal(
            ["Heading 1: Top", "Paragraph: One bold word.", "Paragraph: Two\nlines", "ListItem 1: - a", "ListItem 1: - b", "ListItem 2: 1. c", "Code: x = 1\n  y", "Heading 3: End", "Paragraph: tail"],
            Reading.Lines(document));
    }

    [Fact]
    public async Task What_is_hidden_is_not_read()
    {
        string[] lines = await LinesAsync("""
            <style>p{}</style><script>if (a<b) document.write("<p>no")</script><noscript>no</noscript><template>no</template>
            <div hidden>no<p>no</div><p style="color:red; Display : none">no</p><span aria-hidden="true">no</span><!-- no -->
            <p style="visibility:hidden">no</p><svg><title>no</title><text>no</text></svg><select><option>no</select><textarea>no</textarea><p>yes</p>
            """);

        Assert.Equal(["Paragraph: yes"], lines);
    }

    [Fact]
    public async Task Navigation_is_left_out_unless_it_is_all_there_is()
    {
        Assert.Equal(["Paragraph: text"], await LinesAsync("<nav><a>Home</a></nav><div role=navigation>x</div><p>text"));
        Assert.Equal(["Paragraph: Home"], await LinesAsync("<nav><a>Home</a></nav>"));
    }

    [Fact]
    public async Task Table_rows_carry_the_names_of_their_columns_through_spans()
    {
        string[] lines = await LinesAsync("""
            <table><caption>Sales</caption><thead><tr><th>Year<th>Month<th colspan=2>Sum</thead>
            <tr><td rowspan=2>2025<td>May<td>1<td>2<tr><td>June<td>3<td>3</table>
            """);

        Assert.Equal(
            ["Paragraph: Sales", "TableRow: Year | Month | Sum", "TableRow: Year: 2025; Month: May; Sum: 1; Sum: 2", "TableRow: Year: 2025; Month: June; Sum: 3; Sum: 3"],
            lines);
    }

    [Fact]
    public async Task A_row_that_names_itself_keeps_its_name()
    {
        Assert.Equal(["TableRow: Height: 1.80 m", "TableRow: Weight: 70 kg"], await LinesAsync("<table><tr><th>Height<td>1.80 m<tr><th>Weight<td>70 kg</table>"));
    }

    [Fact]
    public async Task A_table_that_only_arranges_the_page_gives_its_blocks()
    {
        Assert.Equal(
            ["Heading 1: News", "Paragraph: Body text.", "Paragraph: side"],
            await LinesAsync("<table><tr><td><h1>News</h1><p>Body text.</p><td>side</table>"));
    }

    [Fact]
    public async Task The_declared_encoding_is_used()
    {
        byte[] page = KnownEncodings.Cp949.GetBytes("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=euc-kr\"><title>제목</title></head><p>똠방각하</p>");
        Document document = await Reading.ReadAsync("a.html", page);

        Assert.Equal("제목", document.Title);
        Assert.Equal("똠방각하", document.Text);
    }

    [Fact]
    public async Task A_declaration_that_the_bytes_contradict_is_not_believed()
    {
        Document document = await Reading.ReadAsync("a.html", Encoding.UTF8.GetBytes("<meta charset=shift_jis><p>한국어 문장입니다</p>"));

        Assert.Equal("한국어 문장입니다", document.Text);
    }

    [Fact]
    public async Task Empty_elements_of_xhtml_are_empty()
    {
        Document document = await Reading.ReadAsync("a.xhtml", "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='x'/></head><body><div hidden=''/><p>seen</p></body></html>");

        Assert.Equal("seen", document.Text);
    }

    [Theory]
    [InlineData("<div>", 100_000)]
    [InlineData("<b>", 64_000)]
    [InlineData("<ul><li>", 50_000)]
    [InlineData("<table><tr><td>", 30_000)]
    [InlineData("<p><font color=a>", 50_000)]
    [InlineData("</p>", 100_000)]
    [InlineData("<a href='", 1)]
    [InlineData("<![CDATA[<!--", 1000)]
    public async Task Nesting_of_any_depth_gives_its_text(string tag, int times)
    {
        string html = string.Concat(Enumerable.Range(0, times).Select(_ => tag));
        Document document = await Reading.ReadAsync("a.html", "<p>first</p>" + html + "last");

        Assert.StartsWith("first", document.Text, StringComparison.Ordinal);
        if (tag[^1] == '>')
        {
            Assert.EndsWith("last", document.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_hidden_below_the_depth_limit_stays_hidden()
    {
        Document document = await Reading.ReadAsync("a.html", string.Concat(Enumerable.Repeat("<div>", 400)) + "seen<div hidden>unseen</div>");

        Assert.Equal("seen", document.Text);
    }

    [Fact]
    public async Task The_first_title_counts_and_a_second_is_no_text()
    {
        Document document = await Reading.ReadAsync("a.html", "<head><title>One</title><title>Two</title></head><p>text");

        Assert.Equal(("One", "text"), (document.Title, document.Text));
    }

    [Fact]
    public async Task A_tag_of_a_million_attributes_is_small()
    {
        string html = "<p " + string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"a{i}=b ")) + "hidden>unseen<p>seen";
        long allocated = GC.GetTotalAllocatedBytes();

        Assert.Equal("seen", (await Reading.ReadAsync("a.html", html)).Text);
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 400_000_000);
    }

    [Fact]
    public async Task A_page_past_the_limit_is_refused()
    {
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(async () => await new HtmlReader(new HtmlReaderOptions { MaxPageCharacters = 10 }).ReadAsync(
            new SourceItem { Id = "a.html" }, Encoding.UTF8.GetBytes("<p>eleven chars"), ""));
        Assert.Equal("MaxPageCharacters", error.LimitName);
    }

    [Fact]
    public async Task Spans_cannot_multiply_cells_without_end()
    {
        string table = "<table>" + string.Concat(Enumerable.Repeat("<tr><td colspan=1000 rowspan=1000>x", 20_000)) + "</table>";
        Document document = await Reading.ReadAsync("a.html", table);

        Assert.InRange(document.Text.Length, 1, 4_000_000);
    }
}
