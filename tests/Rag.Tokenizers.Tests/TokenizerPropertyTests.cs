using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Rag.Tokenizers.Tests.Fixtures;

namespace Rag.Tokenizers.Tests;

/// <summary>What holds of every text, checked on texts made to be awkward.</summary>
public sealed class TokenizerPropertyTests
{
    private static readonly string[] Atoms =
    [
        "a", "Word", " ", "  ", "\n", "\r\n", "\t", ".", "'s", "don't", "é", "e\u0301\u0323", "한국어", "漢字", "👩‍👩‍👧", "🇰🇷🇯🇵", "👍🏽", "\u0000", "\uFFFD", "\u200B", "\uD83D", "\uDE00",
        "12345", "<s>", "[CLS]", "<|endoftext|>", "▁", "##a", "ſ", "İ", "𝒜", "\u0E01\u0E33", "नमस्ते", new string('x', 120), new string('\u0301', 40),
    ];

    private static readonly Arbitrary<string> Texts =
        Gen.Elements(Atoms).Or(ArbMap.Default.GeneratorFor<char>().Select(c => c.ToString())).ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    public static TheoryData<string> Names() => [.. FixtureTokenizers.Names().Append("mistral-v3").Where(name =>
        name is "all-minilm-l6-v2" or "llama2" or "gpt2" or "bert-base-multilingual-cased" or "synthetic/bpe_split_gpt4_bytelevel" or "synthetic/bpe_gemma_style" or "synthetic/added_token_flags"
        or "t5-small" or "synthetic/unigram_byte_fallback" or "synthetic/unigram_metaspace_precompiled" || (name == "mistral-v3" && FixtureTokenizers.SentencePieceModel(name) is not null))];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void A_prefix_fits_its_budget_and_ends_between_graphemes(string name)
    {
        Tokenizer tokenizer = FixtureTokenizers.Require(name);
        Check(Prop.ForAll(Texts, ArbMap.Default.GeneratorFor<NonNegativeInt>().Select(n => n.Get % 40).ToArbitrary(), (text, max) =>
        {
            int length = tokenizer.PrefixLength(text, max);
            return tokenizer.Count(text.AsSpan(0, length)) <= max
                && GraphemeEnds(text).Contains(length)
                && (text.Length > 256 || tokenizer.Count(text) > max || length == text.Length);
        }));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Ids_alone_counts_and_full_encodings_agree(string name)
    {
        Tokenizer tokenizer = FixtureTokenizers.Require(name);
        var untrusted = new EncodeOptions { ParseSpecialTokens = false, AddSpecialTokens = false };
        Check(Prop.ForAll(Texts, text =>
        {
            Encoding encoding = tokenizer.Encode(text, untrusted);
            List<int> ids = [];
            tokenizer.Encode(text, ids, untrusted);
            return encoding.Ids.SequenceEqual(ids) && tokenizer.Count(text) == ids.Count
                && encoding.Offsets.All(range => range.Start >= 0 && range.End >= range.Start && range.End <= text.Length);
        }));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void A_stream_adds_up_to_the_whole_and_shows_no_half_characters(string name)
    {
        Tokenizer tokenizer = FixtureTokenizers.Require(name);
        Gen<int[]> ids = Gen.Choose(-1, tokenizer.VocabularySize).ArrayOf();
        Check(Prop.ForAll(ids.ToArbitrary(), sequence =>
        {
            StreamDecoder decoder = tokenizer.CreateStreamDecoder(skipSpecialTokens: false);
            string[] pieces = [.. sequence.Select(decoder.Append)];
            return string.Concat(pieces) + decoder.Flush() == tokenizer.Decode(sequence, skipSpecialTokens: false)
                && pieces.All(piece => !piece.EndsWith('\uFFFD') && (piece.Length == 0 || !char.IsHighSurrogate(piece[^1])));
        }));
    }

    [Fact]
    public void Byte_level_text_survives_the_round_trip()
    {
        Tokenizer tokenizer = FixtureTokenizers.Require("gpt2");
        var untrusted = new EncodeOptions { ParseSpecialTokens = false };
        Check(Prop.ForAll(Texts, text =>
        {
            string sound = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
            return tokenizer.Decode([.. tokenizer.Encode(sound, untrusted).Ids], skipSpecialTokens: false) == sound;
        }));
    }

    private static HashSet<int> GraphemeEnds(string text)
    {
        HashSet<int> ends = [0];
        for (int at = 0; at < text.Length;)
        {
            at += StringInfo.GetNextTextElementLength(text.AsSpan(at));
            ends.Add(at);
        }

        return ends;
    }

    private static void Check(Property property) => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
}
