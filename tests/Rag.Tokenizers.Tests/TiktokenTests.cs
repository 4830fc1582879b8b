namespace Rag.Tokenizers.Tests;

/// <summary>Tiktoken files written here.</summary>
public sealed class TiktokenTests
{
    private static readonly string Bytes = string.Concat(Enumerable.Range(0, 256).Select(b => $"{Convert.ToBase64String([(byte)b])} {b}\n"));

    [Fact]
    public void Encode_merges_by_rank_and_puts_special_tokens_around()
    {
        Tokenizer tokenizer = Parse(Bytes + Line("ab", 256) + Line("bc", 257) + Line("abc", 258) + Line("abcd", 260));
        Assert.Equal([300, 260, 301], tokenizer.Encode("abcd").Ids);
        Assert.Equal([300, 258, 101, 301], tokenizer.Encode("abce").Ids);
        Assert.Equal([300, 256, 100, 301], tokenizer.Encode("abd").Ids);
        Assert.Equal([300, 97, 301, 301], tokenizer.Encode("a<end>").Ids);
        Assert.Equal("abcd é", tokenizer.Decode([300, 260, 32, 0xC3, 0xA9, 301]));
    }

    [Theory]
    [InlineData("YQ==")]
    [InlineData("YQ== x")]
    [InlineData("YQ== 97")]
    [InlineData("Zm9v 97")]
    [InlineData("*** 300")]
    [InlineData(" 300")]
    [InlineData("Zm9v -1")]
    [InlineData("Zm9v 99999999999")]
    [InlineData("Zm9v 300 7")]
    public void Parse_a_damaged_line_is_corrupt_and_names_it(string line)
    {
        var e = Assert.Throws<CorruptException>(() => Parse(Bytes + line + "\n"));
        Assert.Contains("line 257", e.Message, StringComparison.Ordinal);
        Assert.Equal("here.tiktoken", e.Location);
    }

    [Fact]
    public void Parse_a_file_without_all_bytes_is_corrupt() => Assert.Throws<CorruptException>(() => Parse(Line("ab", 1)));

    [Fact]
    public void Parse_a_token_of_a_megabyte_is_corrupt() => Assert.Throws<CorruptException>(() => Parse(Bytes + Line(new string('a', 1 << 20), 300)));

    [Fact]
    public void Parse_options_that_contradict_themselves_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Tokenizer.ParseTiktoken([], new TiktokenOptions { BeginToken = "<s>" }, "here"));
        Assert.Throws<UnsupportedException>(() => Tokenizer.ParseTiktoken(System.Text.Encoding.UTF8.GetBytes(Bytes), new TiktokenOptions { Pattern = "(" }, "here"));
    }

    private static Tokenizer Parse(string content) => Tokenizer.ParseTiktoken(
        System.Text.Encoding.UTF8.GetBytes(content),
        new TiktokenOptions { SpecialTokens = new Dictionary<string, int> { ["<begin>"] = 300, ["<end>"] = 301 }, BeginToken = "<begin>", EndToken = "<end>" },
        "here.tiktoken");

    private static string Line(string token, int rank) => $"{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(token))} {rank}\n";
}
