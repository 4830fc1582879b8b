using Rag.Answering;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

public sealed class ExtractiveAnswerGeneratorTests
{
    private static readonly RetrievedChunk[] Chunks =
    [
        Retrieved.Chunk("# Harbour\n\nThe town is old. The harbour opens at dawn in summer. Ships leave an hour later.", "harbour.md", 1, null, "Harbour"),
        Retrieved.Chunk("The library opens at nine. Books are lent for a month.", "library.md", .6),
        Retrieved.Chunk("- Tickets cost five crowns\n- Children under six travel free\n- Dogs need a ticket", "tickets.md", .5),
        Retrieved.Chunk("도서관은 아홉 시에 문을 연다. 책은 한 달 동안 빌릴 수 있다.", "도서관.txt", .4),
    ];

    private static async Task<Answer> AskAsync(string question, params RetrievedChunk[] retrieved)
    {
        retrieved = retrieved.Length == 0 ? Chunks : retrieved;
        List<AnswerPart> parts = await new ExtractiveAnswerGenerator(await Retrieved.IndexOf(retrieved)).GenerateAsync(new Question(question), retrieved).ToListAsync();
        Answer answer = Assert.Single(parts, part => part.Answer is not null).Answer!;
        Assert.Equal(answer.Text, string.Concat(parts.Select(part => part.Text)));
        foreach (Citation citation in answer.Citations)
        {
            string text = retrieved.Single(chunk => chunk.Chunk.DocumentId == citation.DocumentId).Chunk.Text;
            Assert.Equal(text[citation.Range.Start..citation.Range.End], citation.Quote);
            Assert.Equal(citation.DocumentId, retrieved[citation.Source - 1].Chunk.DocumentId);
            Assert.Contains($"[{citation.Source}]", answer.Text, StringComparison.Ordinal);
        }

        return answer;
    }

    [Theory]
    [InlineData("When does the harbour open in summer?", "The harbour opens at dawn in summer.")]
    [InlineData("How long are books lent?", "Books are lent for a month.")]
    [InlineData("Do children travel free?", "Children under six travel free")]
    [InlineData("책은 얼마 동안 빌릴 수 있는가?", "책은 한 달 동안 빌릴 수 있다.")]
    public async Task Question_IsAnsweredByTheSentence(string question, string expected)
    {
        Answer answer = await AskAsync(question);
        Assert.False(answer.Refused);
        Assert.Equal("extractive", answer.Generator);
        Assert.StartsWith(expected, answer.Text, StringComparison.Ordinal);
        Assert.InRange(answer.Citations.Count, 1, 3);
    }

    [Theory]
    [InlineData("Who invented the electron microscope?")]
    [InlineData("xyzzy plugh")]
    public async Task NothingBearsOnTheQuestion_IsRefused(string question)
    {
        Answer answer = await AskAsync(question);
        Assert.True(answer.Refused);
        Assert.Empty(answer.Citations);
        Assert.Equal(Refusal.DefaultSentence, answer.Text);
    }

    [Fact]
    public async Task HeadingsAlone_AreNeverTheAnswer()
    {
        Answer answer = await AskAsync("What about the harbour?");
        Assert.All(answer.Citations, citation => Assert.DoesNotContain("#", citation.Quote, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LongSentence_IsCutAtAWord()
    {
        RetrievedChunk chunk = Retrieved.Chunk("The harbour " + string.Join(' ', Enumerable.Repeat("opens", 400)) + ".");
        Citation citation = Assert.Single((await AskAsync("harbour opens", chunk)).Citations);
        Assert.InRange(citation.Quote.Length, 500, 600);
        Assert.EndsWith("opens", citation.Quote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embedder_DecidesBetweenSentencesOfEqualWords()
    {
        RetrievedChunk chunk = Retrieved.Chunk("Harbour aaaa. Harbour zzzz.", score: 1, dense: .9f);
        FakeEmbedder embedder = new(text => text.Contains('?', StringComparison.Ordinal) || text.Contains("zzzz", StringComparison.Ordinal) ? [1, 0] : [0, 1], 2);
        List<AnswerPart> parts = await new ExtractiveAnswerGenerator(await Retrieved.IndexOf(chunk), embedder).GenerateAsync(new Question("Harbour?"), [chunk]).ToListAsync();
        Assert.StartsWith("Harbour zzzz.", parts[^1].Answer!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Is the ferry cheap?", .9f, 0, false)]
    [InlineData("Is the ferry cheap?", .7f, 0, true)]
    [InlineData("Is the ferry cheap?", .9f, .7, true)]
    [InlineData("Is the ferry cheap?", .95f, .75, false)]
    [InlineData("Does the harbour open?", .3f, .3, false)]
    [InlineData("여객선은 비싼가?", .99f, 0, true)]
    [InlineData("항구는 언제 여는가?", .1f, .7, false)]
    public async Task Evidence_IsSimilarityAboveTheUnrelatedAndTermsAloneInAnotherScript(string question, float cosine, double unrelated, bool refused)
    {
        RetrievedChunk chunk = Retrieved.Chunk("The harbour opens at dawn. 항구는 언제 여는가.", score: 1, dense: cosine);
        ExtractiveAnswerGenerator generator = new(await Retrieved.IndexOf(chunk), null, new ExtractiveAnswerOptions { UnrelatedSimilarity = unrelated });
        Answer answer = (await generator.GenerateAsync(new Question(question), [chunk]).ToListAsync())[^1].Answer!;
        Assert.Equal(refused, answer.Refused);
    }

    [Fact]
    public async Task Reranked_passages_count_by_what_retrieval_said()
    {
        RetrievedChunk[] chunks =
        [
            Retrieved.Chunk("The harbour is old.", "old.md", .1) with { RetrievalScore = .9 },
            Retrieved.Chunk("The harbour opens at dawn.", "dawn.md", -9) with { RetrievalScore = 1 },
        ];
        Assert.StartsWith("The harbour opens at dawn. [2]", (await AskAsync("When does the harbour open?", chunks)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What does a slice of cake cost?", "Dark cake")]
    [InlineData("When is the shop open?", "Wednesday")]
    public async Task Entries_answer_with_their_headings_and_amounts(string question, string expected)
    {
        const string text = "# Shop\n\nThe shop sells cake and cheese when it is open.\n\n## Menu\n\n- Dark cake: £4\n- Cheese: £5\n\n## Opening times\n\n- Wednesday to Friday: 9 to 5\n";
        RetrievedChunk chunk = Retrieved.Chunk(text);
        ExtractiveAnswerGenerator generator = new(await Retrieved.MarkdownIndexOf(chunk), options: new ExtractiveAnswerOptions { EntriesOnly = true });
        Answer answer = (await generator.GenerateAsync(new Question(question), [chunk]).ToListAsync())[^1].Answer!;
        Assert.StartsWith(expected, answer.Text, StringComparison.Ordinal);
        Assert.All(answer.Citations, citation => Assert.DoesNotContain("shop sells", citation.Quote, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entries_that_do_not_bear_on_the_question_are_no_answer()
    {
        RetrievedChunk chunk = Retrieved.Chunk("# Shop\n\nThe roof is red.\n\n- Dark cake: £4\n- Cheese: £5\n");
        ExtractiveAnswerGenerator generator = new(await Retrieved.MarkdownIndexOf(chunk), options: new ExtractiveAnswerOptions { EntriesOnly = true });
        Assert.True((await generator.GenerateAsync(new Question("Which colour has the roof?"), [chunk]).ToListAsync())[^1].Answer!.Refused);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_retrieved_is_refused(bool entriesOnly)
    {
        ExtractiveAnswerGenerator generator = new(await Retrieved.MarkdownIndexOf(Retrieved.Chunk("A roof.")), options: new ExtractiveAnswerOptions { EntriesOnly = entriesOnly });
        Assert.True((await generator.GenerateAsync(new Question("Which colour has the roof?"), []).ToListAsync())[^1].Answer!.Refused);
    }

    [Fact]
    public async Task Titles_of_a_plain_text_are_never_the_answer()
    {
        RetrievedChunk chunk = Retrieved.Chunk("How to book a room\n\nWrite to the desk to book a room.\n");
        Answer answer = await AskAsync("How do I book a room?", chunk);
        Assert.Equal("Write to the desk to book a room.", Assert.Single(answer.Citations).Quote);
    }
}
