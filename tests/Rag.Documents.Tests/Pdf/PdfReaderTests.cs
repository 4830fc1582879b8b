using System.Runtime.Versioning;
using static Rag.Documents.Tests.PdfMaker;

namespace Rag.Documents.Tests;

public sealed class PdfReaderTests
{
    private static void Require() => Assert.SkipWhen(PdfToText.Find("pdftotext") is null, "pdftotext (poppler) is not installed.");

    private static Task<Document> ReadAsync(byte[] pdf, PdfReaderOptions? options = null, CancellationToken cancellationToken = default) =>
        new PdfReader(options).ReadAsync(new SourceItem { Id = "a.pdf" }, pdf, "hash", cancellationToken).AsTask();

    [Fact]
    public async Task Headings_paragraphs_and_pages_are_made_out()
    {
        Require();
        Document document = await ReadAsync(Make(
            [(72, 80, 20, "The big title"), .. Column(72, 130, "This is the first paragraph of the page and it is con-", "tinued on a second line."), .. Column(72, 200, "Another paragraph.")],
            [],
            [.. Column(72, 80, "On the third page.")]));

        Assert.Equal(
            ["Heading 1: The big title", "Paragraph: This is the first paragraph of the page and it is continued on a second line.", "Paragraph: Another paragraph.", "Paragraph: On the third page."],
            Reading.Lines(document));
        Assert.Equal([1, 2, 3], document.Pages.Select(page => page.Number));
        Assert.Equal(3, document.PageAt(document.Text.IndexOf("third page", StringComparison.Ordinal)));
        Assert.True(document.Pages[1].Range.IsEmpty);
        Reading.AssertSound(document);
    }

    [Fact]
    public async Task Columns_are_read_one_after_the_other()
    {
        Require();
        string[] left = [.. Enumerable.Range(0, 8).Select(i => $"left column line number {i} of text")];
        string[] right = [.. Enumerable.Range(0, 8).Select(i => $"right column line number {i} of text")];
        Document document = await ReadAsync(Make([(72, 60, 18, "A title over both of the columns"), .. Column(72, 120, left), .. Column(330, 120, right)]));

        Assert.True(document.Text.IndexOf("left column line number 7", StringComparison.Ordinal) < document.Text.IndexOf("right column line number 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_of_a_table_stay_together()
    {
        Require();
        Document document = await ReadAsync(Make([.. Column(72, 80, "Part", "Bolt", "Nut"), .. Column(220, 80, "Count", "12", "40"), .. Column(380, 80, "Price", "0.10", "0.05")]));

        Assert.Equal(["TableRow: Part | Count | Price", "TableRow: Bolt | 12 | 0.10", "TableRow: Nut | 40 | 0.05"], Reading.Lines(document));
    }

    [Fact]
    public async Task Without_text_it_says_scanned_and_without_a_header_corrupt()
    {
        Require();
        UnsupportedException scanned = await Assert.ThrowsAsync<UnsupportedException>(() => ReadAsync(Make([[]])));
        Assert.Contains("scanned", scanned.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync([]));
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync("no pdf"u8.ToArray()));
        await Assert.ThrowsAsync<CorruptException>(() => ReadAsync("%PDF-1.4 and no more"u8.ToArray()));
    }

    [Fact]
    public async Task Without_the_program_it_says_what_to_install()
    {
        UnsupportedException error = await Assert.ThrowsAsync<UnsupportedException>(() => ReadAsync("%PDF-1.4"u8.ToArray(), new PdfReaderOptions { ProgramPath = "no-such-program-here" }));

        Assert.Contains("apt-get install poppler-utils", error.Message, StringComparison.Ordinal);
        Assert.Contains("brew install poppler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_page_on_which_the_program_breaks_down_does_not_cost_the_others()
    {
        using var program = new FakeProgram("""
            word() { echo '<page width="1" height="1">'; echo '<word xMin="1" yMin="1" xMax="9" yMax="9">'$1'</word>'; echo '</line>'; echo '</page>'; }
            cat > /dev/null
            case "$*" in
              *"-f 1 "*) word one; echo '<page width="1" height="1">'; kill -SEGV $$ ;;
              *"-f 3 "*) word three ;;
            esac
            """);
        Document document = await ReadAsync("%PDF-1.4"u8.ToArray(), program.Options);

        Assert.Equal("one\n\nthree", document.Text);
        Assert.Equal([(1, 3), (2, 0), (3, 5)], document.Pages.Select(page => (page.Number, page.Range.Length)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Time_output_and_words_have_limits()
    {
        using var endless = new FakeProgram("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
        endless.Options.MaxProgramOutputBytes = 100_000;
        Assert.Equal("MaxProgramOutputBytes", (await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync("%PDF-1.4"u8.ToArray(), endless.Options))).LimitName);

        using var stuck = new FakeProgram("sleep 1000");
        stuck.Options.Timeout = TimeSpan.FromMilliseconds(200);
        Assert.Equal("Timeout", (await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync("%PDF-1.4"u8.ToArray(), stuck.Options))).LimitName);

        using var words = new FakeProgram("echo '<page >'; while :; do echo '<word xMin=\"1\" yMin=\"1\" xMax=\"9\" yMax=\"9\">x</word>'; done");
        words.Options.MaxWordsPerPage = 1000;
        Assert.Equal("MaxWordsPerPage", (await Assert.ThrowsAsync<LimitExceededException>(() => ReadAsync("%PDF-1.4"u8.ToArray(), words.Options))).LimitName);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Cancellation_ends_the_program_and_its_children()
    {
        string mark = Path.Combine(Directory.CreateTempSubdirectory("rag-test-").FullName, "pids");
        using var stuck = new FakeProgram($"sleep 1000 & echo $$ $! > '{mark}.tmp'; mv '{mark}.tmp' '{mark}'; wait");
        using var cancel = new CancellationTokenSource();
        Task<Document> reading = ReadAsync("%PDF-1.4"u8.ToArray(), stuck.Options, cancel.Token);
        while (!File.Exists(mark))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        foreach (string pid in File.ReadAllText(mark).Split(' '))
        {
            for (int i = 0; i < 250 && IsRunning(pid.Trim()); i++)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            Assert.False(IsRunning(pid.Trim()));
        }

        Directory.Delete(Path.GetDirectoryName(mark)!, recursive: true);
    }

    [Fact]
    public async Task A_file_is_never_an_argument()
    {
        Require();
        Document document = await new PdfReader().ReadAsync(new SourceItem { Id = "-opw; rm -rf $HOME; `x`.pdf" }, Make([.. new[] { Column(72, 80, "quiet").ToArray() }]), "");

        Assert.Equal("quiet", document.Text);
    }

    private static bool IsRunning(string pid)
    {
        // A process that has ended and was not yet waited for by its new parent is a zombie: not running.
        string status = $"/proc/{pid}/stat";
        return File.Exists(status) && !File.ReadAllText(status).Contains(") Z", StringComparison.Ordinal);
    }
}
