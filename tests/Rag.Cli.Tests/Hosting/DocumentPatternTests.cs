using Rag.Hosting.Access;

namespace Rag.Cli.Tests.Hosting;

public sealed class DocumentPatternTests
{
    [Theory]
    [InlineData("a.md", "a.md", "A.md|x/a.md|a.mdx|amd")]
    [InlineData("*.md", "a.md|.md", "x/a.md|a.txt")]
    [InlineData("**", "a|x/y/z.md", "")]
    [InlineData("**/*.md", "a.md|x/a.md|x/y/a.md", "a.txt")]
    [InlineData("board/**", "board/a|board/x/y", "board|boards/a|x/board/a")]
    [InlineData("board/", "board/a|board/x/y", "board|boards/a")]
    [InlineData("**/board/**", "board/a|x/board/a|x/y/board/z/a", "boards/a|xboard/a")]
    [InlineData("x/**/a", "x/a|x/y/a|x/y/z/a", "xa|x/ya")]
    [InlineData("?.md", "a.md|é.md", "ab.md|/.md")]
    [InlineData("a+(b)[c].$", "a+(b)[c].$", "ab")]
    [InlineData("**.md", "a.md|x/a.md", "a.txt")]
    [InlineData("a", "a", "a\n|b\na")]
    public void A_pattern_fits_what_it_says(string pattern, string fitting, string others)
    {
        Assert.All(fitting.Split('|'), path => Assert.Matches(DocumentPattern.Create(pattern), path));
        Assert.All(others.Split('|', StringSplitOptions.RemoveEmptyEntries), path => Assert.DoesNotMatch(DocumentPattern.Create(pattern), path));
    }

    [Fact]
    public void No_pattern_is_slow()
    {
        string pattern = string.Concat(Enumerable.Repeat("**/*a", 100));
        Assert.DoesNotMatch(DocumentPattern.Create(pattern), new string('a', 4_000) + "b");
    }
}
