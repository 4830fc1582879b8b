using Rag.Documents;
using Rag.Reading;
using Rag.Runtime.Reading;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Reading;

/// <summary>Pairs, windows, batches and limits, with a scripted model.</summary>
public sealed class SpanReaderTests
{
    private const int Classifier = 1, Separator = 2, Word = 4, Opening = 5, Closing = 6, Denial = 7;

    private static readonly Tokenizer Words = Tokenizer.Parse(
        System.Text.Encoding.UTF8.GetBytes(
            """
            {
              "added_tokens": [
                { "id": 1, "content": "[CLS]", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false },
                { "id": 2, "content": "[SEP]", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false }
              ],
              "pre_tokenizer": { "type": "BertPreTokenizer" },
              "post_processor": { "type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2] },
              "model": {
                "type": "WordLevel", "unk_token": "[UNK]",
                "vocab": { "[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "word": 4, "from": 5, "to": 6, "never": 7 }
              }
            }
            """),
        "words");

    [Fact]
    public void Read_Pair_HasTypesMaskAndSpecialTokensInPlace()
    {
        ScriptedSpanSession session = new();
        _ = Reader(session).Read("word from", ["to", "word word to"], TestContext.Current.CancellationToken);
        Assert.Equal([(2, 8)], session.Batches);
        Assert.Equal([Classifier, Word, Opening, Separator, Word, Word, Closing, Separator], session.Rows[0].Ids);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], session.Rows[0].Types);
        Assert.Equal([Classifier, Word, Opening, Separator, Closing, Separator, 0, 0], session.Rows[1].Ids);
        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0], session.Rows[1].Types);
        Assert.Equal([1, 1, 1, 1, 1, 1, 0, 0], session.Rows[1].Mask);
    }

    [Fact]
    public void Read_TextThatSpellsSpecialTokens_StaysPlain()
    {
        ScriptedSpanSession session = new();
        _ = Reader(session).Read("word [SEP]", ["[SEP] [CLS] to"], TestContext.Current.CancellationToken);
        Assert.Equal(2, session.Rows[0].Ids.Count(id => id == Separator));
        Assert.Equal(1, session.Rows[0].Ids.Count(id => id == Classifier));
    }

    [Fact]
    public void Read_SpanAnywhereInALongPassage_IsFoundWholeWithItsRange()
    {
        const int tokens = 100;
        ScriptedSpanSession session = new() { Logits = Marked };
        SpanReader reader = Reader(session, new SpanReaderOptions { MaxTokens = 32, MaxSpanTokens = 5, WindowOverlapTokens = 0 });
        for (int place = 0; place + 5 <= tokens; place++)
        {
            string[] words = [.. Enumerable.Repeat("word", tokens)];
            (words[place], words[place + 4]) = ("from", "to");
            string passage = string.Join(' ', words);
            SpanReading found = Assert.Single(reader.Read("word", [passage], TestContext.Current.CancellationToken))!;
            Assert.Equal("from word word word to", found.Best.Range.Of(passage).ToString());
            Assert.Equal(20, found.Best.Score);
            Assert.Equal(2, found.NoAnswerScore);
            Assert.Equal(18, found.Margin);
        }

        Assert.All(session.Batches, batch => Assert.InRange(batch.Sequence, 1, 32));
    }

    [Fact]
    public void Read_SpanLongerThanTheLimit_IsNotTaken()
    {
        ScriptedSpanSession session = new() { Logits = Marked };
        SpanReader reader = Reader(session, new SpanReaderOptions { MaxSpanTokens = 4 });
        SpanReading found = Assert.Single(reader.Read("word", ["from word word word to"], TestContext.Current.CancellationToken))!;
        Assert.Equal(10, found.Best.Score);
    }

    [Fact]
    public void Read_WindowsThatDisagree_TakesTheGreatestMarginNotTheGreatestScore()
    {
        // The first window has the greater score, but says that it does not answer.
        ScriptedSpanSession session = new() { Logits = Marked };
        string passage = "from to never " + string.Join(' ', Enumerable.Repeat("word", 60)) + " from word word word word word word word to";
        SpanReading found = Assert.Single(
            Reader(session, new SpanReaderOptions { MaxTokens = 32, MaxSpanTokens = 2 }).Read("word", [passage], TestContext.Current.CancellationToken))!;
        Assert.Equal(10, found.Best.Score);
        Assert.Equal(8, found.Margin);
        Assert.InRange(found.Best.Range.Start, 300, passage.Length);
    }

    [Fact]
    public void Read_Batches_StayWithinTheBudgetAndKeepTheOrder()
    {
        ScriptedSpanSession session = new() { Logits = Marked };
        string[] passages = [.. Enumerable.Range(0, 20).Select(i => string.Concat(Enumerable.Repeat("word ", (i * 7) % 20)) + "from to")];
        IReadOnlyList<SpanReading?> readings = Reader(session, new SpanReaderOptions { BatchTokens = 64 }).Read("word", passages, TestContext.Current.CancellationToken);
        Assert.All(session.Batches, batch => Assert.InRange(batch.Batch * batch.Sequence, 1, 64));
        Assert.Equal(passages.Length, session.Batches.Sum(batch => batch.Batch));
        Assert.Equal(passages.Select(text => new TextRange(text.Length - 7, text.Length)), readings.Select(reading => reading!.Best.Range));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void Read_PassageWithoutTokens_GivesNull(string passage) =>
        Assert.Equal([null], Reader(new ScriptedSpanSession()).Read("word", [passage], TestContext.Current.CancellationToken));

    [Fact]
    public void Read_LongQuestion_IsCutByCharactersAndLeavesHalfTheRoom()
    {
        ScriptedSpanSession session = new();
        string question = string.Join(' ', Enumerable.Repeat("word", 1000));
        _ = Reader(session, new SpanReaderOptions { MaxQuestionCharacters = 19 }).Read(question, ["to"], TestContext.Current.CancellationToken);
        _ = Reader(session, new SpanReaderOptions { MaxTokens = 33, MaxSpanTokens = 5 }).Read(question, ["to"], TestContext.Current.CancellationToken);
        Assert.Equal(4, session.Rows[0].Ids.Count(id => id == Word));
        Assert.Equal(15, session.Rows[1].Ids.Count(id => id == Word));
    }

    [Fact]
    public void Read_PassageAboveTheLimit_NamesTheLimit()
    {
        SpanReader reader = Reader(new ScriptedSpanSession(), new SpanReaderOptions { MaxPassageCharacters = 3 });
        LimitExceededException limit = Assert.Throws<LimitExceededException>(() => reader.Read("word", ["to", "word"], TestContext.Current.CancellationToken));
        Assert.Equal(nameof(SpanReaderOptions.MaxPassageCharacters), limit.LimitName);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Read_LogitsThatAreNotFinite_AreCorrupt(float bad)
    {
        ScriptedSpanSession session = new() { Logits = (row, t) => row.Ids[t] == Closing ? (0, bad) : (0, 0) };
        Assert.Throws<CorruptException>(() => Reader(session).Read("word", ["word to"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Read_CancelledBetweenBatches_Throws()
    {
        using CancellationTokenSource source = new();
        ScriptedSpanSession session = new()
        {
            Logits = (_, _) =>
            {
                source.Cancel();
                return default;
            },
        };
        SpanReader reader = Reader(session, new SpanReaderOptions { BatchTokens = 1 });
        Assert.ThrowsAny<OperationCanceledException>(() => reader.Read("word", ["to", "to"], source.Token));
        Assert.Single(session.Batches);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new SpanReaderOptions { MaxTokens = 15 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new SpanReaderOptions { MaxTokens = 32, MaxSpanTokens = 8 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new SpanReaderOptions { MaxQuestionCharacters = 0 }.Validate());
        Assert.ThrowsAny<ArgumentException>(() => new SpanReaderOptions { BatchTokens = 0 }.Validate());
        new SpanReaderOptions().Validate();
    }

    // "from" opens a span and "to" closes it; a window that holds "never" has a [CLS] of 30 instead of 2.
    private static (float Start, float End) Marked(ScriptedSpanSession.Row row, int t) => row.Ids[t] switch
    {
        Opening => (10, 0),
        Closing => (0, 10),
        Classifier => row.Ids.Contains(Denial) ? (15, 15) : (1, 1),
        _ => (0, 0),
    };

    private static SpanReader Reader(ScriptedSpanSession session, SpanReaderOptions? options = null)
    {
        options ??= new SpanReaderOptions();
        options.Validate();
        return new SpanReader("scripted", 0, Words, session, options);
    }
}
