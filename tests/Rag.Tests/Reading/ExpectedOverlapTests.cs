using Rag.Documents;
using Rag.Reading;

namespace Rag.Tests.Reading;

public sealed class ExpectedOverlapTests
{
    private const string Passage = "In 1492 Christopher Columbus sailed, and the sea was calm -- ... !!";

    private static string Choose(params (string Words, float Score)[] spans)
    {
        ScoredSpan[] candidates =
            [.. spans.Select(span => (Start: Passage.IndexOf(span.Words, StringComparison.Ordinal), span)).Select(item => new ScoredSpan(new TextRange(item.Start, item.Start + item.span.Words.Length), item.span.Score))];
        return ExpectedOverlap.Choose(Passage, candidates).Of(Passage).ToString();
    }

    [Fact]
    public void One_candidate_is_chosen() => Assert.Equal("1492", Choose(("1492", -7)));

    [Fact]
    public void A_span_that_agrees_with_most_of_the_probability_beats_the_likeliest() =>
        Assert.Equal("Christopher Columbus", Choose(("1492", 5), ("Christopher Columbus", 4.8f), ("Columbus", 4.7f), ("Christopher Columbus sailed", 4.6f)));

    [Fact]
    public void Unlikely_relatives_outweigh_nothing() =>
        Assert.Equal("1492", Choose(("1492", 5), ("Christopher Columbus", 1), ("Columbus", 1), ("Christopher Columbus sailed", 1)));

    [Fact]
    public void A_constant_on_all_scores_changes_nothing() =>
        Assert.Equal("Christopher Columbus", Choose(("1492", 905), ("Christopher Columbus", 904.8f), ("Columbus", 904.7f), ("Christopher Columbus sailed", 904.6f)));

    [Fact]
    public void Of_equals_the_likelier_is_chosen() => Assert.Equal("Columbus", Choose(("Columbus", 3), ("1492", 3)));

    [Fact]
    public void Articles_and_case_do_not_count()
    {
        Assert.Equal("the sea", Choose(("the sea", 3), ("sea", 2.9f)));
        Assert.Equal("sea", Choose(("the", 3), ("sea", 2.9f)));
    }

    [Fact]
    public void Spans_without_words_leave_the_best_one() => Assert.Equal("--", Choose(("--", 2), ("...", 1), ("!!", 1)));
}
