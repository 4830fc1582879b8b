using System.Text.RegularExpressions;
using Rag.Tests.Support;

namespace Rag.Documents.Tests;

public sealed partial class SharedDocumentsTests
{
    private static readonly string[] Sets = ["docling", "markitdown", "pdf", "korean"];

    private static bool PdfProgram => PdfToText.Find("pdftotext") is not null;

    [Theory]
    [InlineData("docling")]
    [InlineData("markitdown")]
    [InlineData("pdf")]
    [InlineData("korean")]
    public async Task Every_shared_document_is_read_or_fails_with_a_reason(string set)
    {
        string folder = SharedData.Require("data", "documents", set);
        int read = 0, failed = 0;
        await foreach (SourceItem item in new FolderSource(folder).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            Assert.Null(item.Error);
            byte[] content = await File.ReadAllBytesAsync(Path.Combine(folder, item.Id));
            try
            {
                Document document = await Reading.ReadAsync(item.Id, content);
                Assert.True(document.Text.Length > 0 || content.Length == 0, item.Id);
                read++;
            }
            catch (RagException e)
            {
                Assert.Contains(Path.GetFileName(item.Id), e.Message, StringComparison.Ordinal);
                failed++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{set}: {read} read, {failed} with a reason");
        Assert.True(read > 0);
    }

    /// <summary>Of the words that the reference has, the share found in our text: over each format the mean, with an honest floor.</summary>
    [Theory]
    [InlineData("docx", 0.97)]
    [InlineData("html", 0.98)]
    [InlineData("csv", 0.99)]
    [InlineData("md", 0.99)]
    [InlineData("pdf", 0.95)]
    public async Task The_words_of_the_reference_are_found(string format, double floor)
    {
        Assert.SkipWhen(format == "pdf" && !PdfProgram, "pdftotext (poppler) is not installed.");
        string sources = SharedData.Require("data", "documents", "docling", format, "sources");
        string references = SharedData.Require("data", "documents", "docling", format, "groundtruth");
        var shares = new List<double>();
        foreach (string file in Directory.EnumerateFiles(sources).Order(StringComparer.Ordinal))
        {
            string reference = Path.Combine(references, (format == "pdf" ? Path.GetFileNameWithoutExtension(file) : Path.GetFileName(file)) + ".md");
            if (!File.Exists(reference))
            {
                continue;
            }

            Document document = await Reading.ReadAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file));
            HashSet<string> ours = Words(document.Text);
            HashSet<string> theirs = Words(Links().Replace(await File.ReadAllTextAsync(reference), " "));
            if (theirs.Count > 0)
            {
                shares.Add(theirs.Count(ours.Contains) / (double)theirs.Count);
                TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(file)}: {shares[^1]:F3} of {theirs.Count}; missing {string.Join(' ', theirs.Where(word => !ours.Contains(word)).Take(12))}");
            }
        }

        Assert.SkipWhen(shares.Count == 0, "There is no reference text.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{format}: mean {shares.Average():F3} over {shares.Count}");
        Assert.True(shares.Average() >= floor, $"{format}: only {shares.Average():F3} of the reference's words are found.");
    }

    [Fact]
    public async Task Korean_documents_come_out_as_Hangul()
    {
        string folder = SharedData.Require("data", "documents", "korean");
        int read = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "SOURCE.txt" || (file.EndsWith(".pdf", StringComparison.Ordinal) && !PdfProgram))
            {
                continue;
            }

            try
            {
                string text = (await Reading.ReadAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file))).Text;
                int hangul = text.Count(c => c is >= '\uAC00' and <= '\uD7A3');
                Assert.True(hangul > 0.2 * text.Length, $"{file}: {hangul} of {text.Length}");
                Assert.DoesNotContain('\uFFFD', text);
                read++;
            }
            catch (UnsupportedException)
            {
            }
        }

        Assert.True(read > 0);
    }

    [Fact]
    public async Task The_same_Korean_text_in_three_encodings_is_the_same_text()
    {
        string folder = SharedData.Require("data", "documents", "korean");
        string reference = await File.ReadAllTextAsync(SharedData.Require("data", "documents", "korean", "appendix-keywords-utf8.txt"));
        foreach (string file in Directory.EnumerateFiles(folder, "appendix-keywords*.txt"))
        {
            Assert.Equal(reference, (await Reading.ReadAsync("a.txt", await File.ReadAllBytesAsync(file))).Text);
        }
    }

    [GeneratedRegex(@"\]\([^)]*\)|<!--.*?-->|https?://\S+|\$\$?[^$]*\$\$?", RegexOptions.Singleline)]
    private static partial Regex Links();

    [GeneratedRegex(@"[\p{L}\p{N}]{2,}")]
    private static partial Regex Word();

    private static HashSet<string> Words(string text) => [.. Word().Matches(text).Select(match => match.Value.ToLowerInvariant())];
}
