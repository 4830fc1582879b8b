using FsCheck;
using FsCheck.Fluent;
using Rag.Documents;
using Rag.Index.Filters;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Filters;

public sealed class MetadataFilterTests
{
    private static readonly DocumentFields Fields = new("old/a.md", "A title", DocumentMetadata.Create(
    [
        new("year", 2020), new("ratio", 2.5), new("whole", 3.0), new("draft", false), new("name", "it's"), new("tag", new[] { "a", "b" }),
        new("date", new DateTimeOffset(2024, 1, 31, 12, 0, 0, TimeSpan.FromHours(1))), new("large", 9007199254740993), new("and", "x"), new("none", MetadataValue.Of([])),
    ]));

    [Theory]
    [InlineData("year = 2020", true)]
    [InlineData("year == 2020.0", true)]
    [InlineData("year = '2020'", false)]
    [InlineData("year != '2020'", true)]
    [InlineData("missing = 1", false)]
    [InlineData("missing != 1", true)]
    [InlineData("not missing exists", true)]
    [InlineData("year > 2019.5 and year < 2021", true)]
    [InlineData("2020 < year", false, "a name")]
    [InlineData("2020 <= year < 2021", true)]
    [InlineData("2020 < year <= 2021", false)]
    [InlineData("2019 < year <= 2020", true)]
    [InlineData("whole = 3", true)]
    [InlineData("large = 9007199254740992.0", false)]
    [InlineData("large > 9007199254740992.0", true)]
    [InlineData("large < 1e300", true)]
    [InlineData("draft = false", true)]
    [InlineData("draft < 1", false)]
    [InlineData("name = 'it''s'", true)]
    [InlineData("name startswith 'it'", true)]
    [InlineData("name contains 'it'", false)]
    [InlineData("tag contains 'b'", true)]
    [InlineData("tag = 'b'", true)]
    [InlineData("tag in ('x', 'a')", true)]
    [InlineData("tag != 'b'", false)]
    [InlineData("none exists", true)]
    [InlineData("none = ''", false)]
    [InlineData("date = @2024-01-31T11:00:00Z", true)]
    [InlineData("date >= @2024-02-01", false)]
    [InlineData("date < '2025'", false)]
    [InlineData("\"and\" = 'x'", true)]
    [InlineData("document.id startswith 'old/' and document.title = 'A title'", true)]
    [InlineData("path startswith 'old/' and title = 'A title' and id = 'old/a.md'", true)]
    [InlineData("year = 1 or year = 2020 and draft = true", false)]
    [InlineData("(year = 1 or year = 2020) and not draft = true", true)]
    [InlineData("NOT year = 1 AND draft IN (true, false)", true)]
    public void Matches_ByTheStatedRules(string text, bool expected, string? fault = null)
    {
        if (fault is not null)
        {
            Assert.Throws<FormatException>(() => MetadataFilter.Parse(text));
            return;
        }

        Assert.Equal(expected, MetadataFilter.Parse(text).Matches(Fields));
    }

    [Theory]
    [InlineData("", 1, "a value")]
    [InlineData("year", 5, "a comparison")]
    [InlineData("year =", 7, "a value")]
    [InlineData("year = 2020 year", 13, "'and', 'or' or the end")]
    [InlineData("year = 'open", 8, "missing")]
    [InlineData("year = 12a", 8, "12a is no number")]
    [InlineData("year = @2024-13-01", 8, "no date")]
    [InlineData("(year = 1", 10, "')'")]
    [InlineData("year in ()", 10, "a value")]
    [InlineData("year = 1 and ; = 2", 14, "no meaning")]
    [InlineData("access = 'x'", 13, "cannot ask for 'access'")]
    [InlineData("year startswith 3", 17, "a text in single quotes")]
    [InlineData("year = 1e999", 8, "no number")]
    public void Parse_OfWhatIsNoFilter_NamesThePlace(string text, int position, string what)
    {
        FormatException error = Assert.Throws<FormatException>(() => MetadataFilter.Parse(text));
        Assert.Contains($"at character {position}:", error.Message, StringComparison.Ordinal);
        if (text.Length > 0)
        {
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("not ", 16_000)]
    [InlineData("x=1 or ", 9_000)]
    [InlineData("x in (1", 1)]
    [InlineData("((", 20)]
    public void Parse_OfHostileText_IsRefusedWithoutHarm(string piece, int times) =>
        Assert.Throws<FormatException>(() => MetadataFilter.Parse(string.Concat(Enumerable.Repeat(piece, times))));

    [Fact]
    public void A_filter_too_deep_or_too_large_is_refused()
    {
        MetadataFilter leaf = MetadataFilter.Exists("a"), deep = leaf;
        for (int i = 1; i < MetadataFilter.MaxDepth; i++)
        {
            deep = !deep;
        }

        Assert.Equal(deep, MetadataFilter.Parse(deep.ToString()));
        Assert.Throws<ArgumentException>(() => !deep);
        Assert.Throws<ArgumentException>(() => new AndFilter(Enumerable.Repeat(leaf, MetadataFilter.MaxSize + 1)));
        Assert.Throws<ArgumentException>(() => MetadataFilter.Equal("access", "x"));
        Assert.Throws<ArgumentException>(() => MetadataFilter.Equal("a", new[] { "x" }));
        Assert.Throws<ArgumentException>(() => MetadataFilter.Range("a"));
    }

    [Fact]
    public void ToString_ParsesBackToAnEqualFilterThatMatchesTheSame() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            MetadataFilter filter = RandomScopes.Filter(random, 5), read = MetadataFilter.Parse(filter.ToString());
            DocumentFields fields = new("d1", null, RandomScopes.Metadata(random));
            Assert.Equal(filter, read);
            Assert.Equal(filter.Depth, read.Depth);
            Assert.Equal(filter.Matches(fields), read.Matches(fields));
        }));

    [Fact]
    public void Parse_OfAnyText_GivesAFilterOrSaysWhyNot() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            string[] pieces = ["year", "=", "'", "(", ")", " and ", "or", "not ", "in", "\"", "@20", "1", "-", ".", "<", "<=", "\0", "\ud83d", "é", "!", ",", "exists", "true"];
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                MetadataFilter filter = MetadataFilter.Parse(text);
                Assert.Equal(filter, MetadataFilter.Parse(filter.ToString()));
            }
            catch (FormatException error)
            {
                Assert.StartsWith("The filter cannot be read at character ", error.Message, StringComparison.Ordinal);
            }
        }));
}
