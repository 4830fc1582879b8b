using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Documents;
using Rag.Index;
using Rag.Reading;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

public sealed class ReadingAnswerGeneratorTests
{
    private const string Asked = "When does the harbour open?";
    private const string Harbour = "# Harbour\n\nThe town is old. The harbour opens at dawn\nin summer. Ships leave an hour later.";
    private const string Library = "The library opens at nine. Books are lent for a month.";

    private static async Task<Answer> AskAsync(FakeIndex index, ISpanReader reader, ReadingAnswerOptions? options, params RetrievedChunk[] retrieved)
    {
        FakeAnswerGenerator other = new();
        List<AnswerPart> parts = await new ReadingAnswerGenerator(index, reader, other, options: options).GenerateAsync(new Question(Asked), retrieved).ToListAsync();
        Answer answer = Assert.Single(parts, part => part.Answer is not null).Answer!;
        Assert.Equal(answer.Text, string.Concat(parts.Select(part => part.Text)));
        Assert.Equal(0, other.Asked);
        Assert.Equal("reader", answer.Generator);
        Assert.Null(answer.Note);
        Assert.Same(retrieved, answer.Retrieved);
        Assert.Equal(["generate", "cite"], answer.Timings.Select(step => step.Key));
        Assert.Equal(answer.Refused, answer.Citations.Count == 0);
        Assert.Equal(answer.Refused, answer.Text == (options?.RefusalSentence ?? Refusal.DefaultSentence));
        return answer;
    }

    private static async Task<Answer> AskAsync(float margin, float? dense, ReadingAnswerOptions? options = null)
    {
        RetrievedChunk chunk = Retrieved.Chunk(Harbour, dense: dense);
        return await AskAsync(await Retrieved.IndexOf(chunk), FakeSpanReader.Pointing(("dawn", margin)), options, chunk);
    }

    [Fact]
    public async Task Answer_IsTheTidiedSpanAndCitesTheSentenceAroundIt()
    {
        RetrievedChunk[] chunks = [Retrieved.Chunk(Library, "library.md"), Retrieved.Chunk(Harbour, "harbour.md", .9)];
        Answer answer = await AskAsync(await Retrieved.MarkdownIndexOf(chunks), FakeSpanReader.Pointing(("nine", 1), ("t dawn\nin summ", 6)), null, chunks);
        Assert.Equal("at dawn in summer [2]", answer.Text);
        Assert.Equal(6, answer.Confidence);
        Citation citation = Assert.Single(answer.Citations);
        Assert.Equal(("harbour.md", 2), (citation.DocumentId, citation.Source));
        Assert.Equal(Harbour[citation.Range.Start..citation.Range.End], citation.Quote);
        Assert.Contains("at dawn\nin summer.", citation.Quote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunk_InTheMiddleOfItsDocument_IsCitedByTheDocumentsOffsets()
    {
        string text = Library + " " + Harbour;
        RetrievedChunk whole = Retrieved.Chunk(text);
        int start = text.IndexOf("# Harbour", StringComparison.Ordinal), end = text.IndexOf(" Ships", StringComparison.Ordinal);
        RetrievedChunk chunk = whole with { Chunk = whole.Chunk with { Range = new TextRange(start, end), Text = text[start..end] } };
        Answer answer = await AskAsync(await Retrieved.IndexOf(whole), FakeSpanReader.Pointing(("dawn", 6)), null, chunk);
        Citation citation = Assert.Single(answer.Citations);
        Assert.Equal("dawn [1]", answer.Text);
        Assert.Equal("The harbour opens at dawn\nin summer.", citation.Quote);
        Assert.Equal(text[citation.Range.Start..citation.Range.End], citation.Quote);
        Assert.True(chunk.Chunk.Range.Contains(citation.Range));
    }

    [Theory]
    [InlineData(-1.5f, null, false, -1.5)]
    [InlineData(-1.75f, null, true, -1.75)]
    [InlineData(0f, .5f, false, 6)]
    [InlineData(0f, .25f, true, 3)]
    [InlineData(3f, .25f, false, 6)]
    [InlineData(20f, -.75f, false, 11)]
    public async Task Confidence_DecidesByMarginAloneOrWithSimilarity(float margin, float? dense, bool refused, double confidence)
    {
        Answer answer = await AskAsync(margin, dense);
        Assert.Equal(refused, answer.Refused);
        Assert.Equal(confidence, answer.Confidence);
    }

    [Fact]
    public async Task UnrelatedSimilarity_CountsFromThere()
    {
        Answer answer = await AskAsync(0, .75f, new ReadingAnswerOptions { UnrelatedSimilarity = .5, SimilarityWeight = 7, RefusalSentence = "No." });
        Assert.Equal(3.5, answer.Confidence!.Value, 9);
        Assert.Equal("No.", answer.Text);
    }

    [Fact]
    public async Task NothingRetrievedOrRead_IsRefusedWithoutConfidence()
    {
        FakeSpanReader reader = FakeSpanReader.Pointing(("dawn", 6));
        Assert.Null((await AskAsync(new FakeIndex(), reader, null)).Confidence);
        Assert.Empty(reader.Read);
        RetrievedChunk chunk = Retrieved.Chunk(Library);
        Answer answer = await AskAsync(await Retrieved.IndexOf(chunk), reader, null, chunk);
        Assert.True(answer.Refused);
        Assert.Null(answer.Confidence);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("short")]
    [InlineData("gone")]
    public async Task Document_ThatChangedMeanwhile_IsPassedOver(string how)
    {
        RetrievedChunk[] chunks = [Retrieved.Chunk(Harbour, "harbour.md"), Retrieved.Chunk(Library, "library.md", .5)];
        FakeIndex index = await Retrieved.IndexOf(chunks);
        await index.DeleteAsync("harbour.md");
        if (how != "gone")
        {
            string text = how == "short" ? "dawn" : Harbour.Replace("dawn", "dusk", StringComparison.Ordinal);
            await index.UpsertAsync(new IndexedDocument(Fakes.Documents.Plain(text, "harbour.md"), "", [], null));
        }

        FakeSpanReader reader = FakeSpanReader.Pointing(("dawn", 9), ("nine", 1));
        Answer answer = await AskAsync(index, reader, null, chunks);
        Assert.Equal("nine [2]", answer.Text);
        Assert.Equal("The library opens at nine.", Assert.Single(answer.Citations).Quote);
        Assert.True((await AskAsync(index, reader, null, chunks[0])).Refused);
    }

    [Fact]
    public async Task MaxPassages_BoundsWhatIsRead()
    {
        RetrievedChunk[] chunks = [Retrieved.Chunk(Library, "library.md"), Retrieved.Chunk(Harbour, "harbour.md")];
        FakeSpanReader reader = FakeSpanReader.Pointing(("dawn", 9), ("nine", 1));
        ReadingAnswerOptions options = new() { Reading = new ReadingOptions { MaxPassages = 1 } };
        Assert.Equal("nine [1]", (await AskAsync(await Retrieved.IndexOf(chunks), reader, options, chunks)).Text);
        Assert.Equal([Library], reader.Read);
    }

    [Fact]
    public async Task FollowUp_IsReadWithTheTopicOfTheQuestionBefore()
    {
        RetrievedChunk chunk = Retrieved.Chunk(Harbour);
        FakeSpanReader reader = FakeSpanReader.Pointing(("dawn", 9));
        ReadingAnswerGenerator generator = new(await Retrieved.IndexOf(chunk), reader, new FakeAnswerGenerator());
        await generator.GenerateAsync(new Question("And in summer?") { History = [new ChatMessage(ChatRole.User, Asked)] }, [chunk]).ToListAsync();
        Assert.Equal(["in summer? harbour open?"], reader.Questions);
    }

    [Theory]
    [InlineData("alpha beta gamma delta.", "beta", "alpha beta gamma")]
    [InlineData("alpha beta gammadel.", "gammadel", "alpha beta gammadel")]
    [InlineData("alpha beta gam (an) x.", "gam (an)", "alpha beta gam (an)")]
    [InlineData("alpha beta gamma delta epsilon zeta.", "epsilon", "epsilon")]
    [InlineData("alpha beta gamma delta epsilon.", "alpha beta gamma delta", "alpha beta gamma delta")]
    public async Task LongSentence_IsCutAtAWordBehindTheAnswer(string text, string span, string quote)
    {
        RetrievedChunk chunk = Retrieved.Chunk(text);
        ReadingAnswerOptions options = new() { MaxQuoteCharacters = 19 };
        Answer answer = await AskAsync(await Retrieved.IndexOf(chunk), FakeSpanReader.Pointing((span, 9)), options, chunk);
        Assert.Equal($"{span} [1]", answer.Text);
        Assert.Equal(quote, Assert.Single(answer.Citations).Quote);
    }

    [Theory]
    [InlineData(9, 8, 2)]
    [InlineData(9, 6, 1)]
    public async Task A_place_that_is_liked_nearly_as_much_is_quoted_too(float harbour, float library, int quotes)
    {
        RetrievedChunk[] chunks = [Retrieved.Chunk(Harbour, "a.md", 1), Retrieved.Chunk(Library, "b.md", 1)];
        FakeSpanReader reader = FakeSpanReader.Pointing(("dawn", harbour), ("nine", library));
        Answer answer = (await new ReadingAnswerGenerator(await Retrieved.IndexOf(chunks), reader, new FakeAnswerGenerator())
            .GenerateAsync(new Question(Asked), chunks).ToListAsync())[^1].Answer!;
        Assert.Equal("dawn [1]", answer.Text);
        Assert.Equal(quotes, answer.Citations.Count);
        Assert.Equal(quotes == 2, answer.Note is not null);
        Assert.All(answer.Citations, citation => Assert.Contains(citation.Quote, chunks[citation.Source - 1].Chunk.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_sentence_in_another_chunk_is_no_second_place()
    {
        RetrievedChunk[] chunks = [Retrieved.Chunk(Library, "a.md", 1), Retrieved.Chunk(Library, "b.md", 1)];
        ReadingAnswerGenerator generator = new(await Retrieved.IndexOf(chunks), FakeSpanReader.Pointing(("nine", 9)), new FakeAnswerGenerator());
        Assert.Single((await generator.GenerateAsync(new Question(Asked), chunks).ToListAsync())[^1].Answer!.Citations);
    }

    [Fact]
    public void Any_span_is_cited_verbatim_with_its_words_inside_the_chunk()
    {
        Gen<(string Text, int A, int B, int Max)> any =
            from pieces in Gen.Elements("word ", "(in ", "brackets) ", "ends. ", "Next ", "Wegener's ", "\n\n", "😀", "3.5 ", "a", "한국어 ").NonEmptyListOf()
            from a in Gen.Choose(0, 200)
            from b in Gen.Choose(0, 200)
            from max in Gen.Choose(16, 60)
            select (string.Concat(pieces), a, b, max);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(40), Prop.ForAll(any.ToArbitrary(), async given =>
        {
            (string text, int a, int b, int max) = given;
            TextRange span = new(a % text.Length, (a % text.Length) + 1 + (b % (text.Length - (a % text.Length))));
            RetrievedChunk chunk = Retrieved.Chunk(text);
            FakeSpanReader reader = new(_ => new SpanReading([new ScoredSpan(span, 9)], 0));
            ReadingAnswerGenerator generator = new(await Retrieved.IndexOf(chunk), reader, new FakeAnswerGenerator());
            ReadingAnswerGenerator bounded = new(await Retrieved.IndexOf(chunk), reader, new FakeAnswerGenerator(), options: new ReadingAnswerOptions { MaxQuoteCharacters = max });
            string? words = null;
            foreach (ReadingAnswerGenerator asked in new[] { generator, bounded })
            {
                Answer answer = (await asked.GenerateAsync(new Question(Asked), [chunk]).ToListAsync())[^1].Answer!;
                if (answer.Generator == "other")
                {
                    // Nothing but marks and white space was pointed at, or a line that stands as a title.
                    Assert.True(text[span.Start..span.End].All(c => !char.IsLetterOrDigit(c)) || text.Contains('\n', StringComparison.Ordinal));
                    return true;
                }

                Citation citation = Assert.Single(answer.Citations);
                Assert.Equal(text[citation.Range.Start..citation.Range.End], citation.Quote);
                words ??= answer.Text;
                Assert.Equal(words, answer.Text);
                string quoted = string.Join(' ', citation.Quote.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                Assert.Contains(answer.Text[..^4], quoted, StringComparison.Ordinal);
                Assert.True(asked != bounded || citation.Quote.Length <= Math.Max(max, AnswerSpan.Tidy(text, chunk.Chunk.Range, span).Length));
            }

            return true;
        }));
    }
}
