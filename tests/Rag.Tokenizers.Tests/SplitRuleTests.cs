using FsCheck;
using FsCheck.Fluent;
using Rag.Tokenizers.Pieces;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Tests;

/// <summary>Split rules: the linear ways find what the backtracking engine finds.</summary>
public sealed class SplitRuleTests
{
    private static readonly string[] Atoms = ["a", "Word", "XML", " ", "  ", "\n", "\r\n", "\t", " \n ", "'s", "'LL", "don't", "1234", "..", "/", "é", "漢字", "ſ", "\u3000", "\u0301", "中文ABC", "𝒜", "🙂"];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Atoms).ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    public static TheoryData<string> Names() => ["gpt-2", "llama-bpe", "qwen2", "tekken", "gpt-4o", "deepseek-v3"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Linear_matches_equal_those_of_the_backtracking_engine(string name)
    {
        string pattern = SplitRule.Named(name, "here").Patterns[^1];
        var linear = RegexMatcher.Create(pattern, "here");
        GptMatcher? scan = GptMatcher.For(pattern);
        var reference = new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.Multiline, TimeSpan.FromSeconds(5));
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Texts, text =>
        {
            if (text.Any(char.IsSurrogate))
            {
                return scan is null || Matches(linear, text).SequenceEqual(Matches(scan, text));
            }

            (int, int)[] wanted = [.. reference.Matches(text).Select(match => (match.Index, match.Index + match.Length))];
            return wanted.SequenceEqual(Matches(linear, text)) && (scan is null || wanted.SequenceEqual(Matches(scan, text)));
        }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Long_runs_of_one_kind_are_split_in_linear_time(string name)
    {
        var matcher = RegexMatcher.Create(SplitRule.Named(name, "here").Patterns[^1], "here");
        foreach (string unit in new[] { " ", "A", "漢", "\n", " x", "\u0301" })
        {
            Assert.NotEmpty(Matches(matcher, string.Concat(Enumerable.Repeat(unit, 200_000))));
        }
    }

    [Fact]
    public void A_rule_that_looks_ahead_over_and_over_hits_a_limit_and_does_not_hang()
    {
        var matcher = RegexMatcher.Create(@"\d{1,3}(?=(?:\d{3})*\b)", "here");
        Assert.Equal([(0, 1), (1, 4)], Matches(matcher, "1234"));
        Assert.Equal("here", Assert.Throws<LimitExceededException>(() => Matches(matcher, new string('1', 200_000))).Location);
    }

    [Fact]
    public void Named_an_unknown_rule_is_refused_by_name() =>
        Assert.Contains("riddle", Assert.Throws<UnsupportedException>(() => SplitRule.Named("riddle", "here")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(" あいう漢字カタ ABC абв!", "あいう漢字カタ |ABC |абв|!")]
    [InlineData("  ", "")]
    [InlineData("aー漢", "a|ー漢")]
    public void Scripts_part_where_they_change(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Matches(new ScriptPreTokenizer(), text).Select(match => text[match.Start..match.End])));

    private static List<(int Start, int End)> Matches(ITextMatcher matcher, string text)
    {
        List<(int, int)> matches = [];
        matcher.Collect(text, matches);
        return matches;
    }
}
