using Rag.Answering;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Answering;

/// <summary>What a reader of English prose cannot judge goes to the other generator.</summary>
public sealed class ReadingAnswerGeneratorFallbackTests
{
    private const string Asked = "What does a ticket cost?";
    private const string Table = "Tickets are sold here.\n\n| Kind | Price |\n|---|---|\n| Adults, seniors and guests | five crowns |\n| Children | two crowns |";
    private const string List = "Prices:\n\n- Adults five crowns\n- Children pay two crowns.";

    private static async Task<Answer> AskAsync(string question, string text, (string Words, float Margin) reading, FakeAnswerGenerator other, float? dense = null)
    {
        RetrievedChunk chunk = Retrieved.Chunk(text, dense: dense);
        ReadingAnswerGenerator generator = new(await Retrieved.MarkdownIndexOf(chunk), FakeSpanReader.Pointing(reading), other);
        List<AnswerPart> parts = await generator.GenerateAsync(new Question(question), [chunk]).ToListAsync();
        Answer answer = Assert.Single(parts, part => part.Answer is not null).Answer!;
        Assert.Equal(answer.Text, string.Concat(parts.Select(part => part.Text)));
        return answer;
    }

    [Theory]
    [InlineData("표는 얼마인가?", "Adults pay five crowns.", "five", 9, "English")]
    [InlineData(Asked, Table, "five crowns", 9, "tables")]
    [InlineData(Asked, Table, "five crowns", -9, "tables")]
    [InlineData(Asked, Table, "sold here", -9, "tables")]
    [InlineData(Asked, List, "five crowns", 9, "lists")]
    [InlineData(Asked, "# Prices and tickets\n\nAdults pay.", "tickets", 9, "lists")]
    [InlineData(Asked, "Some code.\n\n    price = five", "five", 9, "lists")]
    public async Task What_the_reader_cannot_judge_goes_to_the_other_with_a_note(string question, string text, string words, float margin, string note)
    {
        FakeAnswerGenerator other = new();
        Answer answer = await AskAsync(question, text, (words, margin), other);
        Assert.Equal(1, other.Asked);
        Assert.Equal(("other", "Something else."), (answer.Generator, answer.Text));
        Assert.Contains(note, answer.Note, StringComparison.Ordinal);
        Assert.Equal(["generate", "other"], answer.Timings.Select(step => step.Key));
    }

    [Theory]
    [InlineData("표는 얼마인가?", "Adults pay five crowns.")]
    [InlineData(Asked, Table)]
    public async Task Where_the_other_refuses_there_is_no_note(string question, string text)
    {
        Answer answer = await AskAsync(question, text, ("five", 9), new FakeAnswerGenerator(refuses: true));
        Assert.True(answer.Refused);
        Assert.Null(answer.Note);
    }

    [Theory]
    [InlineData("Tickets are sold here.\n\n| Kind | Price |", "sold here", "sold here [1]")]
    [InlineData(List, "two crowns", "two crowns [1]")]
    public async Task Sentences_beside_tables_and_as_entries_are_the_readers(string text, string words, string expected)
    {
        FakeAnswerGenerator other = new();
        Assert.Equal(expected, (await AskAsync(Asked, text, (words, 9), other)).Text);
        Assert.Equal(0, other.Asked);
    }

    [Fact]
    public async Task A_weak_reading_over_prose_is_refused_by_the_reader()
    {
        FakeAnswerGenerator other = new();
        Answer answer = await AskAsync(Asked, "Tickets are sold here, and guests are welcome.", ("sold", 0), other, .1f);
        Assert.True(answer.Refused);
        Assert.Equal(1.2, answer.Confidence!.Value, 6);
        Assert.Equal(0, other.Asked);
    }

    [Theory]
    [InlineData(4, "other")]
    [InlineData(20, "reader")]
    public async Task An_entry_that_has_the_question_is_preferred_to_a_reading_that_is_not_quite_sure(float margin, string expected)
    {
        const string text = "Adults are welcome, and tickets are sold for 9 pounds.\n\n| Tickets | Price |\n|---|---|\n| Adults | 5 pounds |\n";
        RetrievedChunk chunk = Retrieved.Chunk(text);
        FakeAnswerGenerator sentences = new(), entries = new();
        ReadingAnswerGenerator generator = new(await Retrieved.MarkdownIndexOf(chunk), FakeSpanReader.Pointing(("9 pounds", margin)), sentences, entries);
        Answer answer = (await generator.GenerateAsync(new Question("What do adults pay?"), [chunk]).ToListAsync())[^1].Answer!;
        Assert.Equal(expected, answer.Generator);
        Assert.Equal(0, sentences.Asked);
        Assert.Equal(expected == "other" ? 1 : 0, entries.Asked);
    }

    [Fact]
    public async Task A_question_in_another_language_is_not_read()
    {
        RetrievedChunk chunk = Retrieved.Chunk("Adults pay five crowns.");
        FakeSpanReader reader = FakeSpanReader.Pointing(("five", 9));
        await new ReadingAnswerGenerator(await Retrieved.IndexOf(chunk), reader, new FakeAnswerGenerator()).GenerateAsync(new Question("표는 얼마인가?"), [chunk]).ToListAsync();
        Assert.Empty(reader.Read);
    }
}
