using System.Text;

namespace Rag.Documents.Tests;

public sealed class PlainTextReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("one\r\ntwo\n\n\tthree \u0007 ")]
    [InlineData("e\u0301 한 \u1112\u1161\u11ab 😀 \u202Ertl")]
    public async Task The_text_is_the_file_unchanged(string text)
    {
        Assert.Equal(text, (await Reading.ReadAsync("a.txt", text)).Text);
        Assert.Equal(text, (await Reading.ReadAsync("a.txt", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)])).Text);
    }

    [Theory]
    [InlineData("School visits\n=============\n\nBook early.\n", "School visits\n=============", 1)]
    [InlineData("Intro.\r\n\r\nFees\r\n----\r\nNone.", "Fees\r\n----\r", 2)]
    public async Task An_underlined_line_is_a_heading(string text, string heading, int level)
    {
        DocumentElement element = Assert.Single((await Reading.ReadAsync("a.txt", text)).Elements);
        Assert.Equal((ElementKind.Heading, level, heading), (element.Kind, element.Level, element.Range.Of(text).ToString()));
    }

    [Theory]
    [InlineData("Name   Price\n------------\nTea    2.00")]
    [InlineData("First line of a paragraph\nand its second\n--------------\n")]
    [InlineData("A line\n==========================\n")]
    [InlineData("==\n")]
    public async Task Other_lines_of_marks_make_no_heading(string text) => Assert.Empty((await Reading.ReadAsync("a.txt", text)).Elements);

    [Fact]
    public async Task A_text_of_any_other_name_is_read_too()
    {
        Assert.Equal("int main() {}", (await Reading.ReadAsync("src/a.c", "int main() {}")).Text);
        Assert.Equal("all: x", (await Reading.ReadAsync("Makefile", "all: x")).Text);
    }

    [Fact]
    public async Task A_binary_named_txt_is_refused_with_what_it_is()
    {
        UnsupportedException png = await Assert.ThrowsAsync<UnsupportedException>(() => Reading.ReadAsync("a.txt", [0x89, .. "PNG\r\n\u001a\n"u8, .. new byte[100]]));
        Assert.Contains("PNG", png.Message, StringComparison.Ordinal);
        var noise = new byte[5000];
        new Random(7).NextBytes(noise);
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(() => Reading.ReadAsync("a.txt", noise));
        Assert.Contains("a.txt", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.xlsx", "Excel")]
    [InlineData("a.eml", "e-mail")]
    [InlineData("b.unknown", "neither text")]
    public async Task Formats_that_are_not_read_are_named(string id, string name)
    {
        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => Reading.ReadAsync(id, [1, 2, 3, 0, 0, 1, 5, 200, 0]));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_length_holds()
    {
        var reader = new PlainTextReader(new PlainTextReaderOptions { MaxTextCharacters = 3 });
        await Assert.ThrowsAsync<LimitExceededException>(async () => await reader.ReadAsync(new SourceItem { Id = "a.txt" }, "four"u8.ToArray(), ""));
    }

    [Fact]
    public async Task Cancellation_is_not_a_failure_of_the_file()
    {
        foreach (string id in new[] { "a.txt", "a.md", "a.html", "a.csv", "a.json", "a.docx", "a.pdf", "a.png" })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Reading.ReadAsync(id, "x"u8.ToArray(), new CancellationToken(canceled: true)));
        }
    }
}
