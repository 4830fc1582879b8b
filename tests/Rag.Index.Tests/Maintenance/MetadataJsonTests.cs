using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Rag.Documents;
using Rag.Index.Maintenance.Exchange;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Maintenance;

public sealed class MetadataJsonTests
{
    private static DocumentMetadata Read(string json) => MetadataJson.Read(JsonNode.Parse(json)!.AsObject(), "a.md");

    [Fact]
    public void What_is_written_is_read_again_through_its_text()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            DocumentMetadata metadata = RandomScopes.Metadata(new(seed));
            return MetadataJson.Write(metadata) is { } json ? Read(json.ToJsonString()).Equals(metadata) : metadata.Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Numbers_and_moments_come_back_to_the_bit()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<long>(), ArbMap.Default.ArbFor<double>(), ArbMap.Default.ArbFor<DateTimeOffset>(),
            (whole, real, time) => Assert.All((DocumentMetadata[])
            [
                DocumentMetadata.Create([new("whole", whole), new("real", double.IsFinite(real) ? real : 0), new("time", time)]),
                DocumentMetadata.Create([new("whole", whole % 2 == 0 ? long.MinValue : long.MaxValue), new("real", (double)whole), new("time", DateTimeOffset.MaxValue)]),
                DocumentMetadata.Create([new("real", double.Epsilon), new("time", DateTimeOffset.MinValue), new("words", "\0\u2028\"\\😀"), new("none", (string[])[])]),
            ],
            metadata => Assert.Equal(metadata, Read(MetadataJson.Write(metadata)!.ToJsonString())))).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData("""{ "a": null }""")]
    [InlineData("""{ "a": 1.5 }""")]
    [InlineData("""{ "a": 9223372036854775808 }""")]
    [InlineData("""{ "a": {} }""")]
    [InlineData("""{ "a": { "real": "x" } }""")]
    [InlineData("""{ "a": { "real": 1e999 } }""")]
    [InlineData("""{ "a": { "real": null } }""")]
    [InlineData("""{ "a": { "real": 1, "time": "x" } }""")]
    [InlineData("""{ "a": { "time": "yesterday" } }""")]
    [InlineData("""{ "a": { "time": "0001-01-01T00:00:00+14:00" } }""")]
    [InlineData("""{ "a": { "time": 5 } }""")]
    [InlineData("""{ "a": [1] }""")]
    [InlineData("""{ "a": [null] }""")]
    [InlineData("""{ "a": [["x"]] }""")]
    [InlineData("""{ "a": "\ud800" }""")]
    [InlineData("""{ "a": ["\udc00"] }""")]
    [InlineData("""{ "access": ["*"] }""")]
    [InlineData("""{ "document.id": "x" }""")]
    [InlineData("""{ "": 1 }""")]
    [InlineData("""{ "a": 1, "a": 2 }""")]
    public void What_metadata_cannot_hold_is_refused_by_the_documents_name(string json)
    {
        Assert.Contains("a.md", Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_metadata_may_hold_is_refused()
    {
        JsonObject many = new(Enumerable.Range(0, DocumentMetadata.MaxNames + 1).Select(n => KeyValuePair.Create($"n{n}", (JsonNode?)n)));
        JsonObject wide = new() { ["a"] = new JsonArray([.. Enumerable.Range(0, MetadataValue.MaxTexts + 1).Select(n => (JsonNode)$"{n}")]) };
        JsonObject large = new() { ["a"] = new string('x', MetadataValue.MaxTextLength + 1) };
        Assert.All((JsonObject[])[many, wide, large], json => Assert.Throws<FormatException>(() => Read(json.ToJsonString())));
    }

    [Fact]
    public void Changed_bytes_are_refused_or_metadata()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            char[] json = (MetadataJson.Write(RandomScopes.Metadata(random)) ?? []).ToJsonString().ToCharArray();
            for (int i = random.Next(4); i >= 0; i--)
            {
                json[random.Next(json.Length)] = "0123456789-+.eE\"[]{},:nulltruefalse\\u "[random.Next(37)];
            }

            try
            {
                _ = Read(new(json));
            }
            catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
            {
                // What is no JSON, or no object, the line's reader refuses.
                return error is not InvalidOperationException || JsonNode.Parse(json.AsSpan().ToString()) is not JsonObject;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }
}
