using System.Text.Json;
using Rag.Tests.Support;
using Rag.Tokenizers.Tests.Fixtures;

namespace Rag.Tokenizers.Tests;

/// <summary>SentencePiece models written here: what they mean, and what is refused.</summary>
public sealed class SentencePieceTests
{
    private static readonly EncodeOptions Untrusted = new() { ParseSpecialTokens = false };

    private static readonly (string, float, PieceKind)[] Small =
    [
        ("<unk>", 0, PieceKind.Unknown), ("<s>", 0, PieceKind.Control), ("</s>", 0, PieceKind.Control), ("<tag>", 0, PieceKind.UserDefined),
        ("\u2581", -3, PieceKind.Normal), ("a", -4, PieceKind.Normal), ("b", -4, PieceKind.Normal), ("ab", -1, PieceKind.Unused), ("\u2581ab", -2, PieceKind.Normal), ("abb", -5, PieceKind.Normal),
    ];

    [Theory]
    [InlineData(1, "ab", "\u2581ab")]
    [InlineData(1, "abb", "\u2581ab b")]
    [InlineData(1, "  a  b ", "\u2581 a \u2581 b")]
    [InlineData(1, "a<tag>b", "\u2581 a <tag> b")]
    [InlineData(1, "axyb", "\u2581 a xy b")]
    [InlineData(2, "ab", "\u2581ab")]
    [InlineData(2, "aab", "\u2581 a a b")]
    [InlineData(2, "a<tag>b", "\u2581 a <tag> b")]
    [InlineData(2, "axyb", "\u2581 a xy b")]
    [InlineData(2, "", "")]
    [InlineData(1, "   ", "")]
    public void Encode_gives_the_pieces_of_the_model(int type, string text, string expected)
    {
        Tokenizer tokenizer = Tokenizer.ParseSentencePiece(ModelWriter.Model(Small, type), "here.model");
        Assert.Equal(expected, string.Join(' ', tokenizer.Encode(text).Tokens));
    }

    [Fact]
    public void Encode_a_control_token_is_read_only_where_that_is_trusted()
    {
        Tokenizer tokenizer = Tokenizer.ParseSentencePiece(ModelWriter.Model(Small, 2), "here.model", addBegin: true, addEnd: true);
        Assert.Equal([1, 4, 5, 2, 2], tokenizer.Encode("a</s>").Ids);
        Assert.Equal([1, 4, 5, 0, 2], tokenizer.Encode("a</s>", Untrusted).Ids);
        Assert.Equal([1, 4, 5, 4, 6, 2], tokenizer.Encode("a", "b").Ids);
        Assert.Equal("a \u2047 b", tokenizer.Decode([1, 4, 5, 0, 6, 2]));
        Assert.Equal("<s>a</s>", tokenizer.Decode([1, 4, 5, 2], skipSpecialTokens: false));
    }

    [Fact]
    public void A_unigram_model_made_of_a_tokenizer_json_gives_the_same_ids()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("data", "tokenizers", "t5-small", "tokenizer.json")));
        JsonElement root = json.RootElement;
        HashSet<string> added = [.. root.GetProperty("added_tokens").EnumerateArray().Select(token => token.GetProperty("content").GetString()!)];
        byte[] rules = root.GetProperty("normalizer").GetProperty("precompiled_charsmap").GetBytesFromBase64();
        var pieces = root.GetProperty("model").GetProperty("vocab").EnumerateArray().Select(pair => (Piece: pair[0].GetString()!, Score: pair[1].GetSingle()))
            .Select(pair => (pair.Piece, pair.Score, pair.Piece == "<unk>" ? PieceKind.Unknown : added.Contains(pair.Piece) ? PieceKind.Control : PieceKind.Normal));
        Tokenizer tokenizer = Tokenizer.ParseSentencePiece(ModelWriter.Model(pieces, 1, rules), "t5.model");

        // The two differ by design in text that looks like special tokens, in odd clusters, and where white space is not a space.
        string[] kinds = ["squad", "squad-q", "doc5k", "contr", "num", "url", "korquad", "ko", "cjk"];
        var faults = new Faults();
        foreach (JsonElement line in FixtureTokenizers.CaseFiles("t5-small").SelectMany(FixtureTokenizers.Lines).Where(line => kinds.Contains(line.GetProperty("cat").GetString())))
        {
            string text = line.GetProperty("text").GetString()!;
            faults.Begin(text);
            faults.Compare("ids", line.GetProperty("plain").GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), tokenizer.Encode(text, Untrusted).Ids);
        }

        faults.Assert();
    }

    [Fact]
    public void Encode_the_longest_compiled_rule_counts_and_its_text_keeps_the_whole_range()
    {
        // A double array of two keys: a becomes x, ab becomes y.
        uint[] units = new uint[128];
        units[0] = 1 << 10;
        units[0x60] = (1 << 10) | (1 << 8) | 'a';
        units[0x61] = 1u << 31;
        units[0x03] = (4 << 10) | (1 << 8) | 'b';
        units[0x07] = (1u << 31) | 2;
        byte[] rules = [.. BitConverter.GetBytes(512), .. units.SelectMany(BitConverter.GetBytes), .. "x\0y\0"u8];
        (string, float, PieceKind)[] pieces = [("<unk>", 0, PieceKind.Unknown), ("\u2581", -1, PieceKind.Normal), ("x", -1, PieceKind.Normal), ("y", -1, PieceKind.Normal), ("b", -1, PieceKind.Normal)];
        Encoding encoding = Tokenizer.ParseSentencePiece(ModelWriter.Model(pieces, 2, rules), "here.model").Encode("aabb");
        Assert.Equal("\u2581 x y b", string.Join(' ', encoding.Tokens));
        Assert.Equal([new(0, 0), new(0, 1), new(1, 3), new(3, 4)], encoding.Offsets);
        units[0x60] = 0x7FFFF000 | (1 << 8) | 'a';
        rules = [.. BitConverter.GetBytes(512), .. units.SelectMany(BitConverter.GetBytes), .. "x\0y\0"u8];
        Assert.Throws<CorruptException>(() => Tokenizer.ParseSentencePiece(ModelWriter.Model(pieces, 2, rules), "here.model").Encode("aabb"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Encode_one_word_of_a_million_letters_costs_linear_time(int type)
    {
        Tokenizer tokenizer = Tokenizer.ParseSentencePiece(ModelWriter.Model(Small, type), "here.model");
        Assert.Equal(1_000_001, tokenizer.Count(new string('a', 1_000_000)));
        Assert.Equal(2, tokenizer.Count(new string('x', 1_000_000)));
    }

    [Fact]
    public void Parse_every_damaged_model_is_refused_by_type_or_read()
    {
        byte[] sound = ModelWriter.Model(Small, 2, tidy: false);
        var random = new Random(20_26);
        for (int i = 0; i < 4_000; i++)
        {
            byte[] damaged = i < sound.Length ? sound[..i] : [.. sound];
            for (int j = 0; i >= sound.Length && j < 3; j++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Tokenizer.ParseSentencePiece(damaged, "here.model").Encode("a <tag> abx 漢");
            }
            catch (RagException e)
            {
                Assert.Equal("here.model", e.Location);
            }
        }
    }

    [Fact]
    public void Parse_a_piece_of_a_million_letters_passes_a_limit() =>
        Assert.Throws<LimitExceededException>(() => Tokenizer.ParseSentencePiece(ModelWriter.Model([.. Small, (new string('a', 1_000_000), -1, PieceKind.Normal)], 1), "here.model"));

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 0, 0, 0, 0xFF })]
    [InlineData(new byte[] { 4, 0, 0 })]
    public void Parse_damaged_normalization_rules_are_corrupt(byte[] rules) =>
        Assert.Throws<CorruptException>(() => Tokenizer.ParseSentencePiece(ModelWriter.Model(Small, 1, rules), "here.model"));
}
