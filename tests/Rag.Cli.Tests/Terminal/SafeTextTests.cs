using Rag.Cli.Terminal;

namespace Rag.Cli.Tests.Terminal;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("two\nlines\tand a tab", "two\nlines\tand a tab")]
    [InlineData("\u001b[31mred\u001b[0m", "␛[31mred␛[0m")]
    [InlineData("\u001b]8;;http://evil\u0007click", "␛]8;;http://evil␇click")]
    [InlineData("a\u009b31mb", "a<U+009B>31mb")]
    [InlineData("safe\u202Etxt.exe", "safe<U+202E>txt.exe")]
    [InlineData("windows\r\nline", "windows\nline")]
    [InlineData("over\rwritten", "over\nwritten")]
    [InlineData("안녕 🙂 é", "안녕 🙂 é")]
    [InlineData("del\u007f nul\0", "del␡ nul␀")]
    public void Lines_show_what_a_terminal_would_obey(string text, string safe) => Assert.Equal(safe, SafeText.Lines(text));

    [Fact]
    public void Line_is_one_line() => Assert.Equal("a b c", SafeText.Line("  a\r\n\t b\n\nc \n"));

    [Fact]
    public void No_control_or_bidi_character_passes()
    {
        string all = string.Concat(Enumerable.Range(0, 0x3000).Select(code => (char)code));
        string safe = SafeText.Lines(all);
        Assert.DoesNotContain(safe, character => char.IsControl(character) && character is not ('\n' or '\t'));
        Assert.DoesNotContain(safe, character => character is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\u200E' or '\u200F' or '\u061C');
    }
}
