using Rag.Cli.Terminal;

namespace Rag.Cli.Tests.Terminal;

public sealed class WrappingWriterTests
{
    [Theory]
    [InlineData("one two three four", 9, "one two\nthree\nfour\n")]
    [InlineData("a very-long-word-indeed b", 8, "a\nvery-long-word-indeed\nb\n")]
    [InlineData("first\n\nsecond", 20, "first\n\nsecond\n")]
    [InlineData("  indented line", 20, "  indented line\n")]
    [InlineData("한국어로쓴글", 8, "한국어로\n쓴글\n")]
    [InlineData("", 10, "")]
    public void Text_is_wrapped_between_words(string text, int width, string expected) => Assert.Equal(expected, Wrap([text], width));

    [Fact]
    public void Pieces_cut_anywhere_give_the_same_lines()
    {
        const string Text = "The shutter weighs 1.2 tonnes.\nNobody stands under it while it moves. 돔을 연다 – 😀.";
        string whole = Wrap([Text], 17);
        string[] pieces = [.. Text.EnumerateRunes().Select(rune => rune.ToString())];
        Assert.Equal(whole, Wrap(pieces, 17));
        Assert.All(whole.Split('\n'), line => Assert.True(CellWidth.Of(line) <= 17, line));
    }

    [Fact]
    public void Every_line_is_indented() => Assert.Equal("  one two\n  three\n", Wrap(["one two three"], 10, "  "));

    private static string Wrap(string[] pieces, int width, string indent = "")
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = new WrappingWriter(text, width, indent);
        foreach (string piece in pieces)
        {
            writer.Write(piece);
        }

        writer.Flush(endLine: true);
        return text.ToString();
    }
}
