using System.Text;
using Markdig;
using Markdig.Syntax;
using Rag.Tests.Support;

namespace Rag.Documents.Tests;

public sealed class MarkdownReaderTests
{
    private static async Task<string[]> LinesAsync(string text)
    {
        Document document = await Reading.ReadAsync("a.md", text);
        Assert.Equal(text, document.Text);
        return Reading.Lines(document);
    }

    [Fact]
    public async Task Blocks_stand_where_they_stand_in_the_source()
    {
        string[] lines = await LinesAsync("""
            # One

            A paragraph
            of two lines.

            Setext
            ------
            - a
              more of a
              - b
            1. c

            > quoted
            > text

            | Name | Price |
            |------|------:|
            | Bolt | 1     |

            ```c#
            # no heading
            ```

                indented

            ***
            <!-- not
            read -->
            End
            """);

        Assert.Equal(
            [
                "Heading 1: # One", "Paragraph: A paragraph\nof two lines.", "Heading 2: Setext\n------", "ListItem 1: - a\n  more of a", "ListItem 2: - b", "ListItem 1: 1. c",
                "Paragraph: quoted\n> text", "TableRow: | Name | Price |", "TableRow: | Bolt | 1     |", "Code: ```c#\n# no heading\n```", "Code:     indented", "Paragraph: End",
            ],
            lines);
    }

    [Fact]
    public async Task The_title_is_the_front_matters_else_the_first_heading_of_rank_1()
    {
        Assert.Equal("From above", (await Reading.ReadAsync("a.md", "---\ntitle: \"From above\"\ntags: [x]\n---\n# Not this\n")).Title);
        Assert.Equal("This", (await Reading.ReadAsync("a.md", "## No\n# This #\n")).Title);
        Assert.Null((await Reading.ReadAsync("a.md", "text")).Title);
        Assert.Equal(["Heading 1: # H"], await LinesAsync("---\ntitle: t\n---\n# H"));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public async Task Every_line_end_is_known_and_kept(string end)
    {
        Assert.Equal(["Heading 1: # A", $"Paragraph: b{end}c", "ListItem 1: * d"], await LinesAsync($"# A{end}b{end}c{end}{end}* d{end}"));
    }

    [Theory]
    [InlineData(">", 20_000)]
    [InlineData("- ", 200_000)]
    [InlineData("<!--\n", 100_000)]
    [InlineData("[", 200_000)]
    [InlineData("|a\n|-\n", 100_000)]
    [InlineData("```\n", 100_001)]
    public async Task Nothing_makes_it_slow_or_deep(string piece, int times)
    {
        string text = string.Concat(Enumerable.Repeat(piece, times));

        Assert.Equal(text, (await Reading.ReadAsync("a.md", text + "\nend")).Text[..^4]);
    }

    [Fact]
    public async Task A_nested_list_of_4_MB_is_read()
    {
        var list = new StringBuilder();
        for (int i = 0; list.Length < 4_000_000; i++)
        {
            list.Append(' ', 2 * (i % 1500)).Append("- item\n");
        }

        Assert.True((await Reading.ReadAsync("a.md", list.ToString())).Elements.Count > 1000);
    }

    /// <summary>Markdig reads the same headings, code blocks and tables in every shared Markdown file.</summary>
    [Fact]
    public async Task Headings_and_code_agree_with_Markdig()
    {
        MarkdownPipeline pipeline = new MarkdownPipelineBuilder().UsePreciseSourceLocation().UsePipeTables().UseYamlFrontMatter().Build();
        string folder = SharedData.Require("data", "documents", "docling", "md");
        foreach (string file in Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Document document = await Reading.ReadAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file));
            MarkdownDocument tree = Markdig.Markdown.Parse(document.Text, pipeline);
            int[] expected = [.. tree.Descendants<HeadingBlock>().Select(heading => heading.Span.Start).Order()];
            int[] found = [.. document.Elements.Where(element => element.Kind == ElementKind.Heading).Select(element => element.Range.Start)];
            Assert.True(expected.SequenceEqual(found), $"{file}: headings at {string.Join(',', found)}, Markdig has {string.Join(',', expected)}");
            int fences = tree.Descendants<FencedCodeBlock>().Count();
            Assert.Equal(fences, document.Elements.Count(element => element.Kind == ElementKind.Code && element.Range.Of(document.Text).TrimStart().StartsWith("```")));
        }
    }
}
