using FsCheck;
using FsCheck.Fluent;
using Rag.Answering;
using Rag.Documents;

namespace Rag.Tests.Answering;

public sealed class AnswerSpanTests
{
    private static readonly string[] Pieces =
    [
        "a", "word", "Wegener's ", "Jones’s", "'s ", "3.5", " ", "  ", "\n", ".", ",", ";", ":", "*", "**", "_", "(", ")", "(1912)", "😀", "𝒜b", "e\u0301", "\u0301", "नमस्ते", "한국어", "-", "\"",
    ];

    private static readonly Gen<(string Text, TextRange Within, TextRange Span)> AnySpan =
        from text in Gen.Elements(Pieces).NonEmptyListOf().Select(pieces => string.Concat(pieces))
        from a in Gen.Choose(0, text.Length - 1)
        from b in Gen.Choose(a + 1, text.Length)
        let within = new TextRange(InPair(text, a) ? a - 1 : a, InPair(text, b) ? b + 1 : b)
        from start in Gen.Choose(within.Start, within.End - 1)
        from end in Gen.Choose(start + 1, within.End)
        select (text, within, new TextRange(start, end));

    /// <summary>The span is the text between ‹ and ›; the passage the text between [[ and ]], or all.</summary>
    private static string Tidy(string marked)
    {
        string text = marked.Replace("[[", "", StringComparison.Ordinal).Replace("]]", "", StringComparison.Ordinal).Replace("‹", "", StringComparison.Ordinal).Replace("›", "", StringComparison.Ordinal);
        int At(string mark) => marked.IndexOf(mark, StringComparison.Ordinal) is >= 0 and int at
            ? at - marked[..at].Count(c => c is '‹' or '›') - (2 * (marked[..at].Split("[[").Length - 1)) - (2 * (marked[..at].Split("]]").Length - 1))
            : -1;
        TextRange within = new(Math.Max(0, At("[[")), At("]]") is >= 0 and int end ? end : text.Length);
        return AnswerSpan.Tidy(text, within, new TextRange(At("‹"), At("›"))).Of(text).ToString();
    }

    private static bool InPair(string text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    [Theory]
    [InlineData("opens at ‹dawn› in summer", "dawn")]
    [InlineData("opens at d‹aw›n in summer", "dawn")]
    [InlineData("the Co‹lumbus sai›led", "Columbus sailed")]
    [InlineData("in the year 14‹9›2.", "1492")]
    [InlineData("the 14[[9‹2 wa›r of]] ages", "92 war")]
    [InlineData("a[[bc ‹de›f]]gh", "def")]
    [InlineData("a[[‹b›]]c", "b")]
    [InlineData("the caf‹e›\u0301s of Paris", "cafe\u0301s")]
    public void Words_are_whole_within_the_passage(string marked, string expected) => Assert.Equal(expected, Tidy(marked));

    [Theory]
    [InlineData(5, 6)]
    [InlineData(6, 7)]
    public void Half_a_surrogate_pair_becomes_the_pair(int start, int end) =>
        Assert.Equal(new TextRange(5, 7), AnswerSpan.Tidy("wave 😀 back", new TextRange(0, 12), new TextRange(start, end)));

    [Theory]
    [InlineData("opens ‹at dawn. ›Ships", "at dawn")]
    [InlineData("opens‹, at dawn;› later", "at dawn")]
    [InlineData("is ‹**bold**›.", "bold")]
    [InlineData("is ‹_slanted_›.", "slanted")]
    [InlineData("costs ‹.5 crowns›", ".5 crowns")]
    public void Marks_at_the_edges_go(string marked, string expected) => Assert.Equal(expected, Tidy(marked));

    [Theory]
    [InlineData("‹Alfred Wegener's› theory", "Alfred Wegener")]
    [InlineData("‹Alfred Wegener’s› theory", "Alfred Wegener")]
    [InlineData("‹Alfred Wegener'›s theory", "Alfred Wegener'")]
    [InlineData("the theory is ‹Wegener's›.", "Wegener's")]
    [InlineData("‹Alfred Wegener's theory› fell", "Alfred Wegener's theory")]
    [InlineData("so ‹it 's› said", "it 's")]
    [InlineData("so ‹'s› said", "'s")]
    public void Possessives_before_what_they_own_become_the_owner(string marked, string expected) => Assert.Equal(expected, Tidy(marked));

    [Theory]
    [InlineData("the ‹NASA (an agency›) flies", "NASA (an agency)")]
    [InlineData("the ‹NASA (an agency)› flies", "NASA (an agency)")]
    [InlineData("the (‹agency›) flies", "agency")]
    [InlineData("the [[‹NASA (an agency›]]) flies", "NASA (an agency")]
    public void Brackets_are_closed_within_the_passage(string marked, string expected) => Assert.Equal(expected, Tidy(marked));

    [Theory]
    [InlineData("so ‹...› on", "...")]
    [InlineData("so‹ , ›on", " , ")]
    public void Marks_alone_stay(string marked, string expected) => Assert.Equal(expected, Tidy(marked));

    [Fact]
    public void Any_span_stays_inside_and_is_whole_words_without_marks_at_its_edges() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20000).WithEndSize(20), Prop.ForAll(AnySpan.ToArbitrary(), given =>
        {
            (string text, TextRange within, TextRange span) = given;
            TextRange tidy = AnswerSpan.Tidy(text, within, span);
            Assert.False(tidy.IsEmpty);
            Assert.True(within.Contains(tidy));
            Assert.False(InPair(text, tidy.Start) || InPair(text, tidy.End));
            Assert.False(tidy.Start > within.Start && char.IsLetterOrDigit(text[tidy.Start - 1]) && char.IsLetterOrDigit(text[tidy.Start]));
            Assert.False(tidy.End < within.End && char.IsLetterOrDigit(text[tidy.End - 1]) && char.IsLetterOrDigit(text[tidy.End]));
            static bool IsMark(char c) => char.IsWhiteSpace(c) || ".,;:*_".Contains(c, StringComparison.Ordinal);
            string words = text[tidy.Start..tidy.End];
            Assert.True(words.All(IsMark) || !(IsMark(words[^1]) || (IsMark(words[0]) && words[0] != '.')));
            return true;
        }));
}
