using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Rag.Documents.Tests;

public sealed class FrontMatterTests
{
    private static async Task<Document> ReadAsync(string yaml) => await Reading.ReadAsync("a.md", $"---\n{yaml}\n---\n# Heading\n\nText.\n");

    private static async Task<MetadataValue?> ValueAsync(string value) => (await ReadAsync($"name: {value}")).Metadata["name"];

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_page_as_people_write_it_gives_typed_metadata()
    {
        Document document = await ReadAsync("""
            # a note
            title: 'The owner''s manual'
            author: Ada Lovelace   # who wrote it
            year: 1843
            price: 12.5
            draft: false
            date: 2024-05-01
            "last edited": 2024-05-01 10:00:00 +0900
            tags: [engines, "note, G", 7]
            readers:
              - ada
              - 'charles'
            stations:
            - north
            - south
            nothing:
            """);

        Assert.Equal("The owner's manual", document.Title);
        Assert.Equal(
            DocumentMetadata.Create(new Dictionary<string, MetadataValue>
            {
                ["author"] = "Ada Lovelace",
                ["year"] = 1843,
                ["price"] = 12.5,
                ["draft"] = false,
                ["date"] = Moment("2024-05-01T00:00:00Z"),
                ["last edited"] = Moment("2024-05-01T01:00:00Z"),
                ["tags"] = (string[])["engines", "note, G", "7"],
                ["readers"] = (string[])["ada", "charles"],
                ["stations"] = (string[])["north", "south"],
            }),
            document.Metadata);
        Assert.Equal("Heading", document.Text[document.Elements[0].Range.Start..document.Elements[0].Range.End].TrimStart('#', ' '));
    }

    [Fact]
    public async Task A_plain_value_has_the_type_that_it_looks_like()
    {
        Assert.Equal(-5, await ValueAsync("-5"));
        Assert.Equal(long.MaxValue, await ValueAsync("9223372036854775807"));
        Assert.Equal("9223372036854775808", await ValueAsync("9223372036854775808"));
        Assert.Equal("007", await ValueAsync("007"));
        Assert.Equal(0.5, await ValueAsync(".5"));
        Assert.Equal(-1.5e300, await ValueAsync("-1.5e300"));
        Assert.Equal("1e999", await ValueAsync("1e999"));
        Assert.Equal(".inf", await ValueAsync(".inf"));
        Assert.Equal("1.2.3", await ValueAsync("1.2.3"));
        Assert.Equal(true, await ValueAsync("True"));
        Assert.Equal("yes", await ValueAsync("yes"));
        Assert.Equal(Moment("2024-02-29T12:30:15.5Z"), await ValueAsync("2024-02-29T12:30:15.5Z"));
        Assert.Equal(Moment("2024-02-29T12:30:00Z"), await ValueAsync("2024-02-29 12:30"));
        Assert.Equal(Moment("2024-02-29T12:30:00+02:00"), await ValueAsync("2024-02-29T12:30:00+02:00"));
        Assert.Equal("2023-02-29", await ValueAsync("2023-02-29"));
        Assert.Equal("http://example.org/#part", await ValueAsync("http://example.org/#part"));
        Assert.Equal("C# and F#", await ValueAsync("C# and F#"));
        Assert.Null(await ValueAsync("~"));
        Assert.Null(await ValueAsync("null # none"));
    }

    [Fact]
    public async Task A_quoted_value_is_a_text_whatever_it_looks_like()
    {
        Assert.Equal("5", await ValueAsync("'5'"));
        Assert.Equal("true", await ValueAsync("\"true\" # really"));
        Assert.Equal("a\tb\"c\\d é 😀", await ValueAsync("""
            "a\tb\"c\\d \u00e9 \U0001F600"
            """.Trim()));
        Assert.Equal("it's # no comment", await ValueAsync("'it''s # no comment'"));
        Assert.Equal("", await ValueAsync("''"));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("[a]", "a")]
    [InlineData("[ a , b ] # two", "a|b")]
    [InlineData("[a, a, ]", "a")]
    [InlineData("['a, b', \"c]\"]", "a, b|c]")]
    public async Task A_list_in_brackets_is_a_set(string list, string expected)
    {
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), (await ValueAsync(list))!.Texts!);
    }

    [Theory]
    [InlineData("name: {a: 1}")]
    [InlineData("name:\n  a: 1\n  b: 2")]
    [InlineData("name: |\n  several\n  lines")]
    [InlineData("name: >-\n  several\n  lines")]
    [InlineData("name: one\n  and more")]
    [InlineData("name: &anchor value")]
    [InlineData("name: *anchor")]
    [InlineData("name: !!str 5")]
    [InlineData("name: [a, [b]]")]
    [InlineData("name: [a, {b: c}]")]
    [InlineData("name: [a,\n  b]")]
    [InlineData("name: [a, b: c]")]
    [InlineData("name:\n  - a: 1\n    b: 2")]
    [InlineData("name:\n  - - a")]
    [InlineData("name: a\n- b")]
    [InlineData("name: \"unending")]
    [InlineData("name: 'one' and more")]
    [InlineData("name: \"\\ud800\"")]
    [InlineData("name: \"\\q\"")]
    [InlineData("name:value")]
    public async Task What_is_no_flat_value_is_left_out_and_its_neighbours_stay(string yaml)
    {
        Document document = await ReadAsync($"before: 1\n{yaml}\nafter: 2");

        Assert.Equal(["after", "before"], document.Metadata.Names);
    }

    [Theory]
    [InlineData("access: ['*']")]
    [InlineData("access: [everybody]")]
    [InlineData("Access: boss")]
    [InlineData("\"access\":\n  - boss")]
    [InlineData("document.access: [boss]")]
    [InlineData("id: other.md")]
    [InlineData("document.id: other.md")]
    [InlineData("path: /etc/passwd")]
    [InlineData("hash: 00")]
    public async Task A_document_cannot_say_who_reads_it_nor_what_it_is(string yaml)
    {
        Document document = await ReadAsync($"{yaml}\nyear: 2000");

        Assert.Empty(document.Access);
        Assert.Equal("a.md", document.Id);
        Assert.Equal(["year"], document.Metadata.Names);
    }

    [Fact]
    public async Task A_name_that_comes_twice_has_its_first_value()
    {
        Assert.Equal("one", (await ReadAsync("tenant: one\ntenant: two")).Metadata["tenant"]);
        Assert.Equal("one", (await ReadAsync("title: one\ntitle: two")).Title);
    }

    [Fact]
    public async Task Beyond_its_limits_nothing_is_taken_and_nothing_fails()
    {
        string many = string.Join('\n', Enumerable.Range(0, 200).Select(n => $"n{n}: {n}"));
        Assert.Equal(DocumentMetadata.MaxNames, (await ReadAsync(many)).Metadata.Count);

        string text = new('x', MetadataValue.MaxTextLength), wide = string.Join(", ", Enumerable.Range(0, MetadataValue.MaxTexts + 1));
        Document document = await ReadAsync($"long: {text}y\nfits: {text}\nwide: [{wide}]\nitems: [{text}y]\n{new string('z', 65)}: 1\n\"a\\tb\": 1");
        Assert.Equal(["fits"], document.Metadata.Names);

        string far = "# " + new string('-', FrontMatterReader.MaxLength);
        Assert.Equal(["near"], (await ReadAsync($"near: 1\nopen: 1\n{far}\nfar: 2")).Metadata.Names);
    }

    [Theory]
    [InlineData("[", 200_000)]
    [InlineData("a: [", 100_000)]
    [InlineData("- ", 200_000)]
    [InlineData("a: \"\\", 100_000)]
    [InlineData("'", 200_001)]
    [InlineData("a:\n", 100_000)]
    [InlineData("- a\n", 100_000)]
    [InlineData("? a: ", 100_000)]
    [InlineData("#", 200_000)]
    public async Task Nothing_makes_it_slow(string piece, int times)
    {
        string hostile = string.Concat(Enumerable.Repeat(piece, times));
        Document document = await ReadAsync(hostile + "\ntitle: t");
        Assert.Equal("Heading", document.Title);
        Assert.NotNull(await ReadAsync(hostile[..60_000] + "\ntitle: t"));
    }

    [Fact]
    public void Whatever_stands_there_reading_ends_with_metadata_that_can_be_stored()
    {
        string[] pieces = ["a", "name", ":", ": ", " ", "\n", "- ", "[", "]", "{", "}", ",", "'", "\"", "\\", "\\u12", "#", " #", "|", ">", "&", "*", "!", "~", "1", ".", "e5", "2024-01-01", "T10:00", "\t", "é", "😀", "title: ", "access: "];
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), picks =>
        {
            string yaml = string.Concat(picks.Select(pick => pieces[(pick & int.MaxValue) % pieces.Length]));
            FrontMatterReader front = FrontMatterReader.Read(yaml);
            return front.Metadata.Count <= DocumentMetadata.MaxNames && front.Metadata.Names.All(DocumentMetadata.IsName);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(60));
    }

    [Fact]
    public async Task Front_matter_that_never_ends_is_text()
    {
        Document document = await Reading.ReadAsync("a.md", "---\ntitle: t\nyear: 5\n");
        Assert.Null(document.Title);
        Assert.Empty(document.Metadata);
    }
}
