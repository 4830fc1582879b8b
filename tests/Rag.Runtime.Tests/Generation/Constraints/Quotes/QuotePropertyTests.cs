using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

/// <summary>Sources put together from what is hard, and every substring of them.</summary>
public sealed class QuotePropertyTests
{
    private static readonly string[] Pieces =
    [
        "a", "a", "b", " ", " ", "c d", "é", "e\u0301", "\u0301", "”", "“", "\"", "\r\n", "\n", "\r", "한", "글 ", "\u1100\u1161", "漢字", "👍🏽", "👩\u200d👩", "\u200d", "🇰", "🇷",
        "\ud83d", "\udc00", "1.5", "-2", "n't", "_", "\u0600", "\ufffd", "\0",
    ];

    private static readonly Gen<QuoteSource[]> Sources =
        from texts in Gen.Elements(Pieces).ArrayOf(14).Select(string.Concat).ArrayOf(3)
        from repeat in Gen.Choose(0, 3)
        select texts.Select((text, i) => new QuoteSource($"s{i}", repeat == 0 ? texts[0] + text : text)).ToArray();

    [Theory]
    [InlineData("“", "”")]
    [InlineData("\"", "\"")]
    public void Every_substring_is_a_quote_exactly_where_it_has_a_place(string opening, string closing)
    {
        QuoteConstraintOptions options = new() { OpeningMark = opening, ClosingMark = closing, WholeWords = false, MinQuoteCharacters = 2, MaxQuoteCharacters = 9, RequireQuote = false };
        int taken = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(Sources.ToArbitrary(), sources =>
        {
            QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
            QuoteOracle oracle = new(sources, options);
            foreach (string quote in sources.SelectMany(source => Substrings(source.Text, 11)).Distinct().Where(QuoteOracle.IsWhole))
            {
                List<(string Id, int Start)> places = oracle.Places(quote);
                string text = opening + quote + closing;
                bool single = constraint.IsMatch(text) && constraint.Find(text)[0].Text == quote;
                Assert.True(places.Count > 0 == single, $"'{quote}' {places.Count}");
                if (single)
                {
                    taken++;
                    FoundQuote found = Assert.Single(constraint.Find(text));
                    Assert.Equal((places.Count, places[0].Id, places[0].Start), (found.Occurrences, found.SourceId, found.Range.Start));
                }
            }
        }));
        Assert.True(taken > 500);
    }

    // Whatever the sources, a text that is begun can be ended, and the known way there is one.
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, " [{id}]")]
    public void Every_beginning_can_be_ended_by_the_way_it_knows(bool wholeWords, string? reference)
    {
        QuoteConstraintOptions options = new() { WholeWords = wholeWords, MinQuoteCharacters = 3, Refusal = "No “no”.", Reference = reference };
        Random random = new(5);
        TokenVocabulary vocabulary = Vocabularies.Of(Pieces.Append("No “no”. “a” [s0] [s1] [s2]"));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Sources.ToArbitrary(), sources =>
        {
            QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
            TokenMasks masks = new(vocabulary);
            TokenMatcher matcher = new(constraint, masks);
            for (int step = 0; step < 25; step++)
            {
                Assert.True(constraint.Start is QuoteState);
                int[] allowed = [.. Enumerable.Range(0, vocabulary.Size).Where(id => id != Vocabularies.End && matcher.Mask()[id])];
                if (allowed.Length == 0)
                {
                    Assert.True(matcher.CanEnd);
                    break;
                }

                int[] marks = [.. allowed.Where(id => vocabulary.BytesOf(id)[0] == 0xE2)];
                matcher.TryAdvance(marks.Length > 0 && random.Next(3) == 0 ? marks[random.Next(marks.Length)] : allowed[random.Next(allowed.Length)]);

                // By bytes alone, each of which shortens the way.
                byte[] end = matcher.State.WayToEnd!;
                Rag.Runtime.Generation.Constraints.ConstraintState? at = matcher.State;
                for (int i = 0; i < end.Length; i++)
                {
                    at = at.Next(end[i]);
                    Assert.NotNull(at);
                    Assert.Equal(end[(i + 1)..], at.WayToEnd!);
                }

                Assert.True(at.CanEnd);
            }
        }));
    }

    // U+200D begins with the same two bytes as the closing mark: one place ends here, the first one goes on through them.
    [Fact]
    public void WayToEnd_ThroughTheFirstBytesOfAMark_StaysTheWay()
    {
        QuoteSource[] sources = [new("s0", "\ud55c\uae00\u200d\ud55c x"), new("s1", "\ud55c\uae00\ud55c y")];
        QuoteConstraint constraint = QuoteConstraint.Create(sources, new QuoteConstraintOptions { MinQuoteCharacters = 2, WholeWords = false, Reference = " [{id}]" });
        Rag.Runtime.Generation.Constraints.ConstraintState at = constraint.Start.Next("“\ud55c\uae00"u8)!;
        for (byte[] way = at.WayToEnd!; way.Length > 0; way = way[1..])
        {
            at = at.Next(way[0])!;
            Assert.Equal(way[1..], at.WayToEnd!);
        }

        Assert.True(at.CanEnd);
    }

    private static IEnumerable<string> Substrings(string text, int longest)
    {
        for (int start = 0; start < text.Length; start++)
        {
            for (int length = 1; length <= longest && start + length <= text.Length; length++)
            {
                yield return text.Substring(start, length);
            }
        }
    }
}
