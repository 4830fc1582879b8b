using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.Tests;

/// <summary>Small tokenizers written here: what is refused, and how.</summary>
public sealed class TokenizerReaderTests
{
    private const string WordLevel = """{"type":"WordLevel","vocab":{"[UNK]":0,"a":1,"b":2},"unk_token":"[UNK]"}""";

    [Fact]
    public void Parse_the_smallest_sound_file_gives_a_tokenizer()
    {
        Tokenizer tokenizer = Parse(Json(WordLevel, preTokenizer: """{"type":"WhitespaceSplit"}"""));
        Assert.Equal([1, 2, 0], tokenizer.Encode("a b c").Ids);
        Assert.Equal("a b", tokenizer.Decode([1, 2]));
        Assert.Equal(3, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Mangle"}""", "Mangle")]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Chop"}]}""", "Chop")]
    [InlineData("post_processor", """{"type":"Wrap"}""", "Wrap")]
    [InlineData("decoder", """{"type":"Unscramble"}""", "Unscramble")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"a++b"},"behavior":"Isolated","invert":false}""", "regular expression")]
    public void Parse_an_unknown_component_is_refused_by_name(string place, string json, string named)
    {
        var e = Assert.Throws<UnsupportedException>(() => Parse(Json(WordLevel, extra: $",\"{place}\":{json}")));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Equal("here.json", e.Location);
    }

    [Fact]
    public void Parse_an_unknown_model_is_refused_by_name() =>
        Assert.Contains("Oracle", Assert.Throws<UnsupportedException>(() => Parse(Json("""{"type":"Oracle","vocab":{}}"""))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1e99},"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":-1},"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":2147483647},"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":99999999999999999999},"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":[1,2],"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"\ud800":1},"unk_token":"a"}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"ab":1},"merges":[["a"]]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"ab":1},"merges":["a b c"]}}""")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":7}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"added_tokens":[{"content":"x"}]}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"added_tokens":[{"id":99999999999,"content":"x"}]}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"added_tokens":{"id":1}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"normalizer":{}}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"normalizer":[]}""")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":1},"unk_token":"a"},"post_processor":{"type":"BertProcessing","cls":["a"],"sep":["a",1]}}""")]
    public void Parse_a_damaged_file_is_corrupt_and_names_it(string json) =>
        Assert.Equal("here.json", Assert.Throws<CorruptException>(() => Parse(json)).Location);

    [Fact]
    public void Parse_json_nested_a_million_deep_is_corrupt() =>
        Assert.Throws<CorruptException>(() => Parse("{\"a\":" + new string('[', 1_000_000)));

    [Fact]
    public void Parse_ids_with_gaps_keep_their_places()
    {
        Tokenizer tokenizer = Parse(Json("""{"type":"WordLevel","vocab":{"a":5,"b":16000000},"unk_token":"a"}"""));
        Assert.Equal("b", tokenizer.IdToToken(16_000_000));
        Assert.Null(tokenizer.IdToToken(6));
        Assert.Null(tokenizer.IdToToken(-1));
        Assert.Equal(16_000_001, tokenizer.VocabularySize);
    }

    [Fact]
    public void Load_a_missing_file_is_unavailable() => Assert.Throws<UnavailableException>(() => Tokenizer.Load("/nowhere/tokenizer.json"));

    [Fact]
    public void Encode_without_the_unknown_token_names_the_file() =>
        Assert.Equal("here.json", Assert.Throws<CorruptException>(() => Parse(Json("""{"type":"WordLevel","vocab":{"a":1},"unk_token":"?"}""")).Encode("zzz")).Location);

    [Fact]
    public void Encode_cut_to_a_length_keeps_the_special_tokens()
    {
        Tokenizer tokenizer = Parse(Json(
            WordLevel,
            preTokenizer: """{"type":"WhitespaceSplit"}""",
            extra: ""","post_processor":{"type":"BertProcessing","cls":["b",2],"sep":["[UNK]",0]}"""));
        Assert.Equal([2, 1, 1, 0], tokenizer.Encode("a a a a a a", new EncodeOptions { MaxTokens = 4 }).Ids);
        List<int> ids = [9];
        tokenizer.Encode("a a a a a a", ids, new EncodeOptions { MaxTokens = 4 });
        Assert.Equal([9, 2, 1, 1, 0], ids);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Encode("a", new EncodeOptions { MaxTokens = 1 }));
    }

    [Fact]
    public void Encode_truncation_and_padding_of_the_file_act_only_where_they_are_asked_for()
    {
        Tokenizer tokenizer = Parse(Json(
            WordLevel,
            preTokenizer: """{"type":"WhitespaceSplit"}""",
            extra: ""","truncation":{"max_length":1,"strategy":"LongestFirst","stride":0},"padding":{"strategy":{"Fixed":9},"pad_id":0}"""));
        Assert.Equal([1, 2], tokenizer.Encode("a b").Ids);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 0], tokenizer.Encode("a b", tokenizer.StoredOptions).Ids);
        Assert.Equal(9, tokenizer.WithMaxTokens(3).StoredOptions.Padding!.Length);
    }

    [Fact]
    public void Encode_special_spelling_in_untrusted_text_is_plain_text()
    {
        Tokenizer tokenizer = Parse(Json(
            WordLevel,
            preTokenizer: """{"type":"WhitespaceSplit"}""",
            extra: ""","added_tokens":[{"id":7,"content":"<s>","special":true,"normalized":false},{"id":8,"content":"tag","special":false,"normalized":false}]"""));
        Assert.Equal([7, 1, 8], tokenizer.Encode("<s> a tag").Ids);
        Assert.Equal([0, 1, 8], tokenizer.Encode("<s> a tag", new EncodeOptions { ParseSpecialTokens = false }).Ids);
        Assert.Equal(3, tokenizer.Count("<s> a tag"));
        Assert.True(tokenizer.IsSpecial(7));
        Assert.False(tokenizer.IsSpecial(8));
        Assert.Equal("a tag", tokenizer.Decode([7, 1, 8]));
    }

    [Fact]
    public void Encode_one_word_of_200000_letters_stays_far_from_quadratic()
    {
        // 200,000 letters whose pairs merge ten levels deep: a quadratic way would take minutes, not a moment.
        var vocabulary = new StringBuilder("\"a\":0");
        var merges = new StringBuilder();
        for (int level = 1; level <= 10; level++)
        {
            string half = new('a', 1 << (level - 1));
            vocabulary.Append(CultureInfo.InvariantCulture, $",\"{half}{half}\":{level}");
            merges.Append(CultureInfo.InvariantCulture, $"{(level > 1 ? "," : "")}[\"{half}\",\"{half}\"]");
        }

        Tokenizer tokenizer = Parse(Json($$"""{"type":"BPE","vocab":{{{vocabulary}}},"merges":[{{merges}}]}"""));
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        int count = tokenizer.Count(new string('a', 200_000));
        Assert.Equal((200_000 / 1024) + int.PopCount(200_000 % 1024), count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 80_000_000);
    }

    [Fact]
    public async Task Encode_from_many_threads_gives_each_its_own_tokens()
    {
        Tokenizer tokenizer = Parse(Json(WordLevel, preTokenizer: """{"type":"WhitespaceSplit"}"""));
        await Parallel.ForAsync(0, 64, async (i, _) =>
        {
            await Task.Yield();
            string text = string.Join(' ', Enumerable.Range(0, 500).Select(j => (i + j) % 2 == 0 ? "a" : "b"));
            Assert.Equal(Enumerable.Range(0, 500).Select(j => (i + j) % 2 == 0 ? 1 : 2), tokenizer.Encode(text).Ids);
        });
    }

    [Fact]
    public void PrefixLength_of_a_long_text_costs_no_more_than_its_prefix()
    {
        Tokenizer tokenizer = Parse(Json(WordLevel, preTokenizer: """{"type":"WhitespaceSplit"}"""));
        string text = string.Concat(Enumerable.Repeat("a b ", 1_000_000));
        tokenizer.PrefixLength(text, 10);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(20, tokenizer.PrefixLength(text, 10));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100_000);
    }

    [Fact]
    public void Fingerprint_is_that_of_the_bytes_and_a_counter_with_a_limit_keeps_it()
    {
        Tokenizer tokenizer = Parse(Json(WordLevel));
        Assert.Equal(tokenizer.Fingerprint, tokenizer.WithMaxTokens(254).Fingerprint);
        Assert.Equal(254, tokenizer.WithMaxTokens(254).MaxTokens);
        Assert.Equal(int.MaxValue, tokenizer.MaxTokens);
        Assert.NotEqual(tokenizer.Fingerprint, Parse(Json(WordLevel) + " ").Fingerprint);
    }

    private static Tokenizer Parse(string json) => Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(json), "here.json");

    private static string Json(string model, string preTokenizer = "null", string extra = "") => $$"""{"version":"1.0","pre_tokenizer":{{preTokenizer}},"model":{{model}}{{extra}}}""";
}
