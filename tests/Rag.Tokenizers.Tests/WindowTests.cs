namespace Rag.Tokenizers.Tests;

/// <summary>Windows and limits beyond what the fixtures hold.</summary>
public sealed class WindowTests
{
    private static readonly Tokenizer Words = Tokenizer.Parse(
        """{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":{"type":"WordLevel","vocab":{"a":0,"b":1,"c":2,"d":3,"e":4},"unk_token":"a"}}"""u8.ToArray(), "here.json");

    [Theory]
    [InlineData(TextSide.End, 0, "0 1|2 3|4")]
    [InlineData(TextSide.End, 1, "0 1|1 2|2 3|3 4")]
    [InlineData(TextSide.Start, 0, "3 4|1 2|0")]
    [InlineData(TextSide.Start, 1, "3 4|2 3|1 2|0 1")]
    public void Windows_cover_the_text_with_their_overlap(TextSide side, int overlap, string expected)
    {
        Encoding encoding = Words.Encode("a b c d e", new EncodeOptions { MaxTokens = 2, TruncationSide = side, Windows = true, WindowOverlap = overlap });
        Assert.Equal(expected, string.Join('|', encoding.Overflowing.Prepend(encoding).Select(window => string.Join(' ', window.Ids))));
        Assert.Equal(encoding.Ids, Words.Encode("a b c d e", new EncodeOptions { MaxTokens = 2, TruncationSide = side }).Ids);
        List<int> ids = [];
        Words.Encode("a b c d e", ids, new EncodeOptions { MaxTokens = 2, TruncationSide = side });
        Assert.Equal(encoding.Ids, ids);
    }

    [Fact]
    public void Windows_of_both_texts_pass_a_limit_before_they_are_made()
    {
        string text = string.Concat(Enumerable.Repeat("a ", 5_000));
        var options = new EncodeOptions { MaxTokens = 4, Windows = true };
        Assert.Equal(nameof(EncodeOptions.MaxWindows), Assert.Throws<LimitExceededException>(() => Words.Encode(text, text, options)).LimitName);
        Assert.Equal(nameof(EncodeOptions.MaxWindows), Assert.Throws<LimitExceededException>(() => Words.Encode(text, new EncodeOptions { MaxTokens = 1, Windows = true, MaxWindows = 99 })).LimitName);
    }

    [Fact]
    public void A_second_text_that_is_not_there_cannot_be_cut() =>
        Assert.Throws<ArgumentException>(() => Words.Encode("a b", new EncodeOptions { MaxTokens = 1, Truncation = TruncationStrategy.OnlySecond }));

    [Fact]
    public void Padding_fills_a_batch_and_its_windows_to_one_length()
    {
        IReadOnlyList<Encoding> batch = Words.EncodeBatch(["a b c", "d"], new EncodeOptions { MaxTokens = 2, Windows = true, Padding = new PaddingOptions { Id = 9, Token = "_", Side = TextSide.Start } });
        Assert.Equal([9, 3], batch[1].Ids);
        Assert.Equal([false, true], batch[1].AttentionMask);
        Assert.Equal([9, 2], batch[0].Overflowing[0].Ids);
        Assert.Throws<ArgumentOutOfRangeException>(() => Words.Encode("a", new EncodeOptions { Padding = new PaddingOptions { MultipleOf = 0 } }));
    }
}
