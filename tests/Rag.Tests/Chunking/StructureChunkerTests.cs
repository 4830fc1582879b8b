using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Tests.Fakes;

namespace Rag.Tests.Chunking;

public sealed class StructureChunkerTests
{
    private static StructureChunker Chunker(int maxTokens, double overlap = 0, int minTokens = 0) =>
        new(options: new ChunkingOptions { MaxTokens = maxTokens, Overlap = overlap, MinTokens = minTokens });

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t \n")]
    public void Split_NothingVisible_HasNoChunks(string text) => Assert.Empty(new StructureChunker().Split(Fakes.Documents.Plain(text)));

    [Fact]
    public void Split_ShortDocument_IsOneChunk()
    {
        Chunk chunk = Assert.Single(new StructureChunker().Split(Fakes.Documents.Plain("  One line.\n\nAnother.  ")));
        Assert.Equal("One line.\n\nAnother.", chunk.Text);
        Assert.Equal(new TextRange(2, 21), chunk.Range);
    }

    [Fact]
    public void Split_Headings_BeginChunksAndGiveTheirPath()
    {
        Document document = Fakes.Documents.Markdown("# Guide\n\nIntro text here.\n\n## Setup\n\nRun the tool.\n\n## Use\n\nAsk it.", title: "Guide");

        IReadOnlyList<Chunk> chunks = Chunker(50).Split(document);

        Assert.Equal(["# Guide\n\nIntro text here.", "## Setup\n\nRun the tool.", "## Use\n\nAsk it."], chunks.Select(chunk => chunk.Text));
        Assert.Equal(["Guide", "Guide › Setup", "Guide › Use"], chunks.Select(chunk => chunk.Heading));
    }

    [Fact]
    public void Split_TitleThatNoHeadingRepeats_ComesFirst()
    {
        Document document = Fakes.Documents.Markdown("# Setup\n\nRun.", title: "Manual");
        Assert.Equal(["Manual", "Setup"], Assert.Single(Chunker(50).Split(document)).HeadingPath);
    }

    [Fact]
    public void Split_UnderlineOfAHeading_IsNoPartOfThePath()
    {
        const string Text = "Guide\n=====\n\nRun the tool.";
        Document document = new() { Id = "a.txt", Text = Text, ContentHash = "", Elements = [new DocumentElement(ElementKind.Heading, new TextRange(0, 11), 1)] };
        Chunk chunk = Assert.Single(Chunker(50).Split(document));
        Assert.Equal(["Guide"], chunk.HeadingPath);
        Assert.Equal(Text, chunk.Text);
    }

    [Fact]
    public void Split_HeadingWithoutText_JoinsTheSectionBelowUnderItsPath()
    {
        Document document = Fakes.Documents.Markdown("# Guide\n\n## Setup\n\nRun the tool with care and patience.");
        Chunk chunk = Assert.Single(Chunker(50, minTokens: 5).Split(document));
        Assert.Equal(["Guide", "Setup"], chunk.HeadingPath);
    }

    [Fact]
    public void Split_TinySections_AreJoinedUnderWhatTheyShare()
    {
        Document document = Fakes.Documents.Markdown("# Terms\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n\n## Three\n\nThird.");
        Chunk chunk = Assert.Single(Chunker(200, minTokens: 100).Split(document));
        Assert.Equal(["Terms"], chunk.HeadingPath);
    }

    [Fact]
    public void Split_ParagraphsThatFit_StayWhole()
    {
        string first = "Alpha beta gamma delta. Epsilon zeta.", second = "Eta theta iota kappa. Lambda mu.";
        Assert.Equal([first, second], Chunker(10).Split(Fakes.Documents.Plain($"{first}\n\n{second}")).Select(chunk => chunk.Text));
    }

    [Fact]
    public void Split_LongParagraph_IsCutAtSentences()
    {
        string text = string.Join(" ", Enumerable.Range(0, 40).Select(i => $"Sentence {i} is here."));
        IReadOnlyList<Chunk> chunks = Chunker(30).Split(Fakes.Documents.Plain(text));
        Assert.True(chunks.Count > 4);
        Assert.All(chunks, chunk => Assert.Matches(@"^Sentence \d+ .*here\.$", chunk.Text));
    }

    [Fact]
    public void Split_WithOverlap_RepeatsWholeSentencesUpToItsShare()
    {
        string text = string.Join(" ", Enumerable.Range(0, 60).Select(i => $"Sentence {i} is here."));
        IReadOnlyList<Chunk> chunks = Chunker(40, overlap: .15).Split(Fakes.Documents.Plain(text));
        WordTokenCounter counter = new();
        for (int i = 1; i < chunks.Count; i++)
        {
            TextRange shared = new(chunks[i].Range.Start, chunks[i - 1].Range.End);
            Assert.False(shared.IsEmpty);
            Assert.StartsWith("Sentence", chunks[i].Text);
            Assert.InRange(counter.Count(shared.Of(text)), 1, 6);
        }
    }

    [Fact]
    public void Split_TableRows_AreNotRepeatedAndNotTorn()
    {
        string table = string.Join("\n", Enumerable.Range(0, 30).Select(i => $"| name{i} | value{i} |"));
        IReadOnlyList<Chunk> chunks = Chunker(30, overlap: .3).Split(Fakes.Documents.Markdown(table));
        Assert.Equal(30, chunks.Sum(chunk => chunk.Text.Split('\n').Length));
        Assert.All(chunks, chunk => Assert.All(chunk.Text.Split('\n'), row => Assert.Matches(@"^\| name\d+ \| value\d+ \|$", row)));
    }

    [Fact]
    public void Split_HugeHeading_LeavesRoomForText()
    {
        Document document = Fakes.Documents.Markdown($"# {new string('x', 10_000)} {string.Join(' ', Enumerable.Repeat("word", 2000))}\n\n{string.Join(' ', Enumerable.Repeat("Text goes on.", 200))}");
        BoundedCounter counter = new(254);
        IReadOnlyList<Chunk> chunks = new StructureChunker(counter).Split(document);
        Assert.Null(ChunkInvariants.Broken(document, chunks));
        Assert.All(chunks, chunk => Assert.InRange(counter.Count(chunk.IndexedText), 1, 254));
        Assert.All(chunks, chunk => Assert.InRange(string.Join(" > ", chunk.HeadingPath).Length, 0, 300));
        Assert.True(chunks.Count < 30);
    }

    [Fact]
    public void Split_Page_IsWhereTheChunkBegins()
    {
        string text = "Page one text.\n\nPage two text.";
        Document document = Fakes.Documents.Plain(text) with { Pages = [new DocumentPage(1, new TextRange(0, 16)), new DocumentPage(2, new TextRange(16, text.Length))] };
        Assert.Equal([1, 2], Chunker(4).Split(document).Select(chunk => chunk.Page));
    }

    [Theory]
    [InlineData("one word only ")]
    [InlineData("x")]
    [InlineData(" ")]
    [InlineData("漢")]
    [InlineData("e\u0301")]
    [InlineData(". ")]
    [InlineData("a\n")]
    [InlineData("a\n\n")]
    [InlineData(".\n \n")]
    [InlineData("👨‍👩‍👧‍👦")]
    public void Split_MegabyteOfOneThing_CountsEachCharacterABoundedNumberOfTimes(string piece)
    {
        static (long Seen, int Length) Work(string piece, int length)
        {
            BoundedCounter counter = new(254);
            string text = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
            IReadOnlyList<Chunk> chunks = new StructureChunker(counter).Split(Fakes.Documents.Plain(text));
            Assert.All(chunks, chunk => Assert.True(chunk.Text.Length <= 256 * 16));
            return (counter.CharactersSeen, text.Length);
        }

        (long small, int smallLength) = Work(piece, 250_000);
        (long large, int largeLength) = Work(piece, 1_000_000);
        Assert.True(large <= 16L * largeLength + 1_000, $"{large} characters counted for {largeLength}");
        Assert.True(large <= (5.0 * small) + 1_000, $"{small} for {smallLength}, {large} for {largeLength}");
    }

    [Fact]
    public void Split_Cancelled_Throws() =>
        Assert.Throws<OperationCanceledException>(() => new StructureChunker().Split(Fakes.Documents.Plain("text"), new CancellationToken(canceled: true)));

    [Fact]
    public void Fingerprint_OtherOptionsOrCounter_Differs()
    {
        string[] all = [new StructureChunker().Fingerprint, Chunker(128).Fingerprint, Chunker(256, .2).Fingerprint, new StructureChunker(new BoundedCounter(254)).Fingerprint];
        Assert.Equal(all.Length, all.Distinct().Count());
    }
}
