using FsCheck;
using FsCheck.Fluent;
using Rag.Documents;
using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Runtime.Tests.Generation.Constraints.Quotes;

public sealed class QuoteConstraintTests
{
    private static readonly QuoteSource[] Sources =
    [
        new("a", "The Danube rises in the Black Forest and flows into the Black Sea."),
        new("b", "It flows into the Black Sea, they say."),
    ];

    [Theory]
    [InlineData("It “flows into the Black Sea” at last.", true)]
    [InlineData("“The Danube rises”“flows into the Black Sea”", true)]
    [InlineData("“flows into the Black Forest”", false)]
    [InlineData("“flows into the Black Se”", false)]
    [InlineData("“lows into the Black Sea”", false)]
    [InlineData("“flows into the Black Sea ”", false)]
    [InlineData("“ flows into the Black Sea”", false)]
    [InlineData("“Sea. It flows”", false)]
    [InlineData("“Black Sea.”", true)]
    [InlineData("“Black Sea”", false)]
    [InlineData("“flows into the Black Sea", false)]
    [InlineData("No quote at all.", false)]
    [InlineData("", false)]
    [InlineData("\"flows into\" is “flows into the Black Sea”", false)]
    [InlineData("«x» “flows into the Black Sea”", false)]
    [InlineData("a ” b “flows into the Black Sea”", false)]
    [InlineData("it's ‘so’ “flows into the Black Sea”", true)]
    public void IsMatch_DefaultOptions_TakesVerbatimQuotesBetweenWords(string text, bool expected) =>
        Assert.Equal(expected, QuoteConstraint.Create(Sources).IsMatch(text));

    [Theory]
    [InlineData("I do not know.", true)]
    [InlineData("I do not know. ", false)]
    [InlineData("I do not know. But “flows into the Black Sea” I know.", true)]
    [InlineData("I do", false)]
    public void IsMatch_Refusal_IsAWholeText(string text, bool expected) =>
        Assert.Equal(expected, QuoteConstraint.Create(Sources, new QuoteConstraintOptions { Refusal = "I do not know." }).IsMatch(text));

    [Theory]
    [InlineData("<q>The Danube rises</q>; <q>flows into the Black</q>", true)]
    [InlineData("<q>The Danube rises</q>", true)]
    [InlineData("<q>The Danube rises</q>; ", false)]
    [InlineData("<q>The Danube rises</q> <q>flows into the Black</q>", false)]
    [InlineData("So <q>The Danube rises</q>", false)]
    [InlineData("<q>The Danube rises</q>; <q>The Danube rises</q>; <q>The Danube rises</q>", false)]
    [InlineData("None.", true)]
    [InlineData("", false)]
    public void IsMatch_QuotesAlone_AllowsSeparatorsAndNothingElse(string text, bool expected)
    {
        QuoteConstraintOptions options = new() { AllowFreeText = false, OpeningMark = "<q>", ClosingMark = "</q>", Separator = "; ", MaxQuotes = 2, Refusal = "None." };
        Assert.Equal(expected, QuoteConstraint.Create(Sources, options).IsMatch(text));
    }

    [Fact]
    public void IsMatch_NoQuoteRequired_TakesAnyTextWithoutMarks()
    {
        QuoteConstraint constraint = QuoteConstraint.Create([], new QuoteConstraintOptions { RequireQuote = false });
        Assert.True(constraint.IsMatch("Anything 👍🏽 at all\n"));
        Assert.False(constraint.IsPrefix("Anything “"));
    }

    [Fact]
    public void Create_NothingQuotable_IsRefusedUnlessThereIsARefusal()
    {
        QuoteSource[] sources = [new("a", "short")];
        Assert.Throws<ArgumentException>(() => QuoteConstraint.Create(sources));
        QuoteConstraint constraint = QuoteConstraint.Create(sources, new QuoteConstraintOptions { Refusal = "No." });
        Assert.True(constraint.IsMatch("No."));
        Assert.False(constraint.IsPrefix("Y"));
    }

    [Fact]
    public void Create_BadSources_AreRefusedByName()
    {
        Assert.Throws<ArgumentException>(() => QuoteConstraint.Create([Sources[0], Sources[0]]));
        LimitExceededException many = Assert.Throws<LimitExceededException>(() => QuoteConstraint.Create(Sources, new QuoteConstraintOptions { MaxSources = 1 }));
        Assert.Equal(nameof(QuoteConstraintOptions.MaxSources), many.LimitName);
        LimitExceededException @long = Assert.Throws<LimitExceededException>(() => QuoteConstraint.Create(Sources, new QuoteConstraintOptions { MaxSourceCharacters = 70 }));
        Assert.Equal(nameof(QuoteConstraintOptions.MaxSourceCharacters), @long.LimitName);
    }

    [Theory]
    [InlineData("", "”")]
    [InlineData("]]", "]")]
    [InlineData("a b", "”")]
    [InlineData("“", "“”")]
    [InlineData("<q>", "q>")]
    [InlineData(" ", "”")]
    [InlineData("\ud83d", "”")]
    public void Validate_BadMarks_AreRefused(string opening, string closing) =>
        Assert.ThrowsAny<ArgumentException>(new QuoteConstraintOptions { OpeningMark = opening, ClosingMark = closing }.Validate);

    [Fact]
    public void Find_SeveralPlaces_GivesTheFirstAndCountsAll()
    {
        QuoteConstraint constraint = QuoteConstraint.Create(Sources);
        FoundQuote[] found = [.. constraint.Find("👍 “flows into the Black Sea” and “flows into the Black Sea,”")];
        Assert.Equal([new FoundQuote("a", new TextRange(41, 65), "flows into the Black Sea", new TextRange(4, 28), 2), new FoundQuote("b", new TextRange(3, 28), "flows into the Black Sea,", new TextRange(35, 60), 1)], found);
    }

    [Theory]
    [InlineData("It “flows into the Black Sea” [a].", "a", 41)]
    [InlineData("It “flows into the Black Sea” [b].", "b", 3)]
    [InlineData("It “flows into the Black Sea” [c].", null, 0)]
    [InlineData("It “flows into the Black Sea,” [a].", null, 0)]
    [InlineData("It “flows into the Black Sea,” [b]", "b", 3)]
    [InlineData("It “flows into the Black Sea”.", null, 0)]
    [InlineData("It “flows into the Black Sea” [b", null, 0)]
    public void Find_References_NameASourceThatHoldsTheQuote(string text, string? source, int start)
    {
        QuoteConstraint constraint = QuoteConstraint.Create(Sources, new QuoteConstraintOptions { Reference = " [{id}]" });
        Assert.Equal(source is not null, constraint.IsMatch(text));
        Assert.Equal((source, start), constraint.Find(text) is [var found] ? (found.SourceId, found.Range.Start) : (null, 0));
    }

    [Fact]
    public void Create_ReferencesThatBeginAlike_AreRefused()
    {
        QuoteSource[] sources = [new("1", Sources[0].Text), new("10", Sources[0].Text)];
        Assert.Throws<ArgumentException>(() => QuoteConstraint.Create(sources, new QuoteConstraintOptions { Reference = " {id}" }));
        Assert.True(QuoteConstraint.Create(sources, new QuoteConstraintOptions { Reference = " {id}." }).IsMatch("“The Danube rises” 10."));
        Assert.Throws<ArgumentException>(() => QuoteConstraint.Create(sources, new QuoteConstraintOptions { Reference = " [id]" }));
    }

    [Fact]
    public void Find_MarksInTheSource_EndAQuoteAndBeginOne()
    {
        QuoteSource[] sources = [new("s", "He said “no, never ever” and “maybe so, later” then.")];
        QuoteConstraint constraint = QuoteConstraint.Create(sources);
        Assert.Equal("He said “no, never ever", Assert.Single(constraint.Find("“He said “no, never ever”")).Text);
        Assert.Equal("and “maybe so, later", Assert.Single(constraint.Find("“and “maybe so, later”")).Text);
        Assert.False(constraint.IsMatch("“never ever” and maybe”"));
        Assert.Equal("never ever\" and", Assert.Single(QuoteConstraint.Create([new("s", "no, never ever\" and so on")], new QuoteConstraintOptions { MinQuoteCharacters = 4 }).Find("“never ever\" and”")).Text);
        Assert.Equal("<no, never ever", Assert.Single(QuoteConstraint.Create([new("s", "x <no, never ever</q> y")], new QuoteConstraintOptions { OpeningMark = "<q>", ClosingMark = "</q>" }).Find("<q><no, never ever</q>")).Text);
    }

    [Fact]
    public void Create_SameMarkTwice_ClosesAtTheNextOne()
    {
        QuoteConstraintOptions options = new() { OpeningMark = "\"", ClosingMark = "\"", MinQuoteCharacters = 4 };
        QuoteConstraint constraint = QuoteConstraint.Create([new("s", "a \"word in\" it")], options);
        Assert.Equal(["word in"], constraint.Find("So \"word in\" here").Select(quote => quote.Text));
        Assert.False(constraint.IsMatch("So \"a \"word in\" it\""));
    }

    [Fact]
    public void Track_Pieces_GiveWhatTheWholeGives()
    {
        QuoteConstraint constraint = QuoteConstraint.Create(HardSources.All);
        string text = "👍 so “👩‍👩‍👧‍👦 came by 🚲 from 🇰🇷🇫🇷” and “서울은 대한민국의 수도이다.” ok";
        QuoteTracker tracker = constraint.Track();
        Assert.Null(tracker.OpenQuote);
        for (int i = 0; i < text.Length; i++)
        {
            Assert.True(tracker.Append(text.AsSpan(i, 1)), text[..i]);
            Assert.Equal(text.LastIndexOf('“', i) > text.LastIndexOf('”', i), tracker.OpenQuote is not null);
        }

        Assert.True(tracker.IsComplete);
        Assert.False(tracker.IsRefusal);
        Assert.Equal(2, tracker.Quotes.Count);
        Assert.Equal(constraint.Find(text), tracker.Quotes);
        Assert.False(tracker.Append("”"));
        Assert.False(tracker.IsComplete);
    }

    [Theory]
    [InlineData("emoji", "👩‍👩‍👧")]
    [InlineData("emoji", "👍")]
    [InlineData("emoji", "🇷🇫")]
    [InlineData("combining", "Cafe")]
    [InlineData("lines", "first line\r")]
    [InlineData("broken", "half \ufffd of")]
    [InlineData("broken", "half \ud83d of")]
    [InlineData("broken", "pair \udc00 and")]
    public void IsMatch_PartOfAGrapheme_IsNoQuote(string source, string quote)
    {
        QuoteConstraint constraint = QuoteConstraint.Create(HardSources.All.Where(it => it.Id == source), new QuoteConstraintOptions { WholeWords = false, MinQuoteCharacters = 1 });
        Assert.False(constraint.IsMatch($"“{quote}”"));
    }

    [Fact]
    public void WayToEnd_FirstPlaceBehindItsLastEnd_IsThatOfAnother()
    {
        QuoteConstraint constraint = QuoteConstraint.Create([new("a", "alpha beta ” so"), new("b", "alpha beta 한국 so")]);
        Assert.Equal("한국”"u8.ToArray(), constraint.Start.Next("“alpha beta "u8)!.WayToEnd);
        Assert.Equal("”"u8.ToArray(), constraint.Start.Next("“alpha beta"u8)!.WayToEnd);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IsMatch_AnySubstring_IsAQuoteWhereItHasAPlace(bool wholeWords)
    {
        QuoteSource[] sources = HardSources.All;
        QuoteConstraintOptions options = new() { WholeWords = wholeWords, MinQuoteCharacters = 3, MaxQuoteCharacters = 40 };
        QuoteConstraint constraint = QuoteConstraint.Create(sources, options);
        QuoteOracle oracle = new(sources, options);
        int taken = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(4000), Prop.ForAll(Substrings(sources).ToArbitrary(), quote =>
        {
            int places = oracle.Places(quote).Count;
            taken += places > 0 ? 1 : 0;

            // What has marks itself may be two quotes.
            bool single = constraint.IsMatch($"“{quote}”") && constraint.Find($"“{quote}”")[0].Text == quote;
            Assert.Equal(places > 0, single);
            Assert.Equal(places, single ? Assert.Single(constraint.Find($"“{quote}”")).Occurrences : 0);
        }));
        Assert.True(taken > 20);
    }

    [Fact]
    public void IsMatch_EndlessWords_AreCutAndBarriersKept()
    {
        string word = string.Concat(Enumerable.Repeat("x1", 500));
        string zalgo = "o" + new string('\u0301', 200);
        QuoteConstraint constraint = QuoteConstraint.Create([new("w", $"start {word} and {zalgo} some words behind it")]);
        Assert.True(constraint.IsMatch($"“start {word[..64]}”"));
        Assert.False(constraint.IsMatch($"“start {word[..63]}”"));
        Assert.True(constraint.IsMatch("“some words behind”"));
        Assert.False(constraint.IsPrefix($"“and {zalgo}"));
    }

    private static Gen<string> Substrings(QuoteSource[] sources) =>
        from source in Gen.Elements(sources.Where(source => source.Text.Length > 3).ToArray())
        from start in Gen.Choose(0, source.Text.Length - 3)
        from length in Gen.Choose(3, Math.Min(44, source.Text.Length - start))
        from change in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select change ? source.Text[start..(start + length - 1)] + "%" : source.Text[start..(start + length)];
}
