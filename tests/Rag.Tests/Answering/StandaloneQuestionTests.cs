using Microsoft.Extensions.AI;
using Rag.Answering;

namespace Rag.Tests.Answering;

public sealed class StandaloneQuestionTests
{
    private static Question After(string text, params string[] talk) =>
        new(text) { History = [.. talk.Select((line, i) => new ChatMessage(i % 2 == 0 ? ChatRole.User : ChatRole.Assistant, line))] };

    [Theory]
    [InlineData("Who is the director?", "Who is the director?", "Who is the director?")]
    [InlineData("And when?", "Who founded the school?\nAnd when?", "when founded the school?")]
    [InlineData("How old was she?", "Who founded the school?\nHow old was she?", "How old was she? founded school? Ann Marsh")]
    [InlineData("and in winter?", "Who founded the school?\nand in winter?", "in winter? founded school? Ann Marsh")]
    public void Question_that_leans_is_searched_with_the_one_before_and_read_with_its_topic(string asked, string searched, string read)
    {
        Question question = After(asked, "Who founded the school?", "Ann Marsh [1]");
        Assert.Equal(searched, StandaloneQuestion.Of(question));
        Assert.Equal(read, StandaloneQuestion.ForReading(question));
    }

    [Fact]
    public void Topic_lasts_through_questions_that_lean()
    {
        Question question = After("and where?", "Who founded the school?", "Ann Marsh [1]", "and when?", "1931 [1]");
        Assert.Equal("Who founded the school?\nand where?", StandaloneQuestion.Of(question));
        Assert.Equal("where founded the school?", StandaloneQuestion.ForReading(question));
    }

    [Fact]
    public void Refusals_and_long_answers_are_no_topic()
    {
        Assert.Equal("Is it big? founded school?", StandaloneQuestion.ForReading(After("Is it big?", "Who founded the school?", Refusal.DefaultSentence)));
        Assert.Equal("Is it big? founded school?", StandaloneQuestion.ForReading(After("Is it big?", "Who founded the school?", new string('x', 200))));
    }

    [Fact]
    public void First_question_stands_alone_whatever_it_is() => Assert.Equal("and when?", StandaloneQuestion.ForReading(After("and when?")));
}
