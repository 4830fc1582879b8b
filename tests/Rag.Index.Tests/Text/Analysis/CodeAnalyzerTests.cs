using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests.Text.Analysis;

public sealed class CodeAnalyzerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("The Cells were dividing.", "cell@1 divid@3")]
    [InlineData("camelCase", "camelcas@0 camel@0 case@0")]
    [InlineData("snake_case snakeCase", "snakecas@0 snake@0 case@0 snakecas@1 snake@1 case@1")]
    [InlineData("HTTPServer2 httpserver", "httpserver2@0 http@0 server@0 2@0 httpserver@1")]
    [InlineData("dotted.names", "dottednam@0 dot@0 name@0")]
    [InlineData("new System.Text.Json()", "new@0 systemtextjson@1 system@1 text@1 json@1")]
    [InlineData("call isNull's, then", "call@0 isnul@1 null@1")]
    [InlineData("A sentence. Another one.", "sentenc@1 anoth@2 one@3")]
    [InlineData("__init__ _x a_ b", "init@0 x@1 b@3")]
    [InlineData("3.14 x2", "314@0 3@0 14@0 x2@1 x@1 2@1")]
    [InlineData("std::vector<int>", "std@0 vector@1 int@2")]
    [InlineData("is.a", "isa@0")]
    [InlineData("my foo.of", "my@0 fooof@1 foo@1")]
    [InlineData("서울시 getName 한국", "서울@0 울시@1 getnam@2 get@2 name@2 한국@3")]
    public void Analyze_Code_GivesNamesAndTheirPartsAtOnePosition(string text, string expected) =>
        Assert.Equal(expected, Placed.Of(new CodeAnalyzer(), text));

    [Fact]
    public void Analyze_LongRun_IsNotTakenApart() =>
        Assert.Single(Collecting.Of(new CodeAnalyzer(), string.Concat(Enumerable.Repeat("aB", CodeAnalyzer.MaxNameLength))));

    [Fact]
    public void Analyze_AnyUtf16_NeverThrows()
    {
        Random random = new(5);
        CodeAnalyzer analyzer = new();
        for (int i = 0; i < 5_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(8) == 0 ? (char)random.Next(0x10000) : "aBC1_. 's\u0301\uD840\uDC00"[random.Next(12)])]);
            Assert.All(Collecting.Of(analyzer, text), Assert.NotEmpty);
        }
    }

    [Fact]
    public void Length_CountsANameOnce()
    {
        TermCounts terms = TermCounts.Of(new CodeAnalyzer(), "parse HTTPServer2 quickly");
        Assert.Equal(3, terms.Length);
        Assert.Equal(6, terms.Positions.Count);
    }

    [Fact]
    public async Task Search_FindsANameByItsPartsAndByTheOtherSpelling()
    {
        using TestFolder folder = new();
        await using SqliteChunkIndex index = await folder.OpenAsync(options => options.Analyzer = new CodeAnalyzer());
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        await index.UpsertAsync(Make.Document("d", ["call max_token_count here", "tokens are counted", "nothing"]));
        Assert.Equal("d#1#0", (await index.SearchTextAsync("maxTokenCount", 5)).Ids[0]);
        Assert.Equal(["d#1#0", "d#1#1"], (await index.SearchTextAsync("token", 5)).Ids.Order());
        Assert.Equal("d#1#0", (await index.SearchTextAsync("\"call MaxTokenCount\"", 5)).Ids[0]);
        Assert.Empty(await index.VerifyAsync());
    }
}
