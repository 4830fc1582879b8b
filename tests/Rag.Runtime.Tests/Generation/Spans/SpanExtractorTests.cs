using Microsoft.Extensions.AI;
using Rag.Documents;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints.Quotes;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Spans;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;
using Encoding = System.Text.Encoding;

namespace Rag.Runtime.Tests.Generation.Spans;

public sealed class SpanExtractorTests : IDisposable
{
    private static readonly QuoteSource[] Sources =
    [
        new("a", "Rome fell. It was 476."),
        new("empty", ""),
        new("b", "In 476 he\u0301 fell, 서울 too 👍🏽."),
        new("c", "Rome fell. It was 476."),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A token for each byte: the spans are all runs of words, whatever the code under test thinks of tokens.
    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    [InlineData(4, true, true)]
    public async Task ExtractAsync_RandomModel_EqualsTryingEverySpan(int seed, bool lengthNormalized, bool bothSpacings)
    {
        TinyChatModel.Write(_folder.FolderPath, seed);
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath, new LocalModelOptions { Runtime = new RuntimeOptions { Threads = 1 } });
        SpanExtractor extractor = Assert.IsType<SpanExtractor>(client.GetService(typeof(SpanExtractor)));
        int[] prompt = [.. Enumerable.Range(0, 12).Select(i => 5 + ((i * 37 * seed) % 200))];
        SpanExtractionOptions options = new() { MaxSpanTokens = 14, Count = 5, LengthNormalized = lengthNormalized, BothSpacings = bothSpacings, Refusal = "No." };
        SpanExtraction extraction = await extractor.ExtractAsync(prompt, Sources, options, TestContext.Current.CancellationToken);

        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        List<(string Source, TextRange Range, double LogProbability, int Tokens)> all = [];
        foreach (QuoteSource source in Sources)
        {
            foreach (TextRange range in Spans(source.Text))
            {
                string text = range.Of(source.Text).ToString();
                foreach (string written in bothSpacings ? (string[])[text, " " + text] : [text])
                {
                    byte[] bytes = Encoding.UTF8.GetBytes(written);
                    if (bytes.Length <= 14 && !all.Any(known => known.Tokens == bytes.Length && Sources.First(it => it.Id == known.Source).Text[known.Range.Start..known.Range.End] == text))
                    {
                        all.Add((source.Id, range, LogProbability(session, prompt, bytes), bytes.Length));
                    }
                }
            }
        }

        double Score(double logProbability, int tokens) => lengthNormalized ? logProbability / (tokens + 1) : logProbability;
        var expected = all.GroupBy(span => (span.Source, span.Range)).Select(group => group.MaxBy(span => Score(span.LogProbability, span.Tokens)))
            .OrderByDescending(span => Score(span.LogProbability, span.Tokens)).Take(5).ToList();
        Assert.True(all.Count > 40, $"{all.Count} spans");
        Assert.Equal(expected.Select(span => (span.Source, span.Range, span.Tokens)), extraction.Spans.Select(span => (span.SourceId, span.Range, span.Tokens)));
        Assert.All(expected.Zip(extraction.Spans), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-3));
        Assert.All(extraction.Spans, span => Assert.Equal(Sources.First(source => source.Id == span.SourceId).Text[span.Range.Start..span.Range.End], span.Text));
        double refusal = ((string[])(bothSpacings ? ["No.", " No."] : ["No."])).Max(text => LogProbability(session, prompt, Encoding.UTF8.GetBytes(text)));
        Assert.Equal(refusal, extraction.RefusalLogProbability!.Value, 1e-3);
    }

    [Fact]
    public async Task ExtractAsync_TrainedModel_EqualsTryingEverySpan()
    {
        string source = SharedData.Require("data", "models", "stories260K");
        Llama2cModel.Convert(Path.Combine(source, "stories260K.bin"), Path.Combine(source, "tok512.bin"), _folder.FolderPath);
        Tokenizer tokenizer = Tokenizer.Load(_folder.FolderPath);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        QuoteSource[] sources = [new("s", "Lily and Ben like to play in the park. One day, they see a big dog named Spot."), new("t", "Once upon a time there was a little girl named Lily.")];
        List<int> prompt = [1];
        tokenizer.Encode("Once upon a time, there was a little girl named", prompt, new EncodeOptions { AddSpecialTokens = false });
        foreach (bool wholeWords in (bool[])[true, false])
        {
            SpanExtractionOptions options = new() { MaxSpanTokens = 8, WholeWords = wholeWords, Count = 3 };
            List<SpanSequence> sequences = SpanSequences.Of(sources, new SpanTokens(tokenizer), options, default);
            using CachedSession session = new(model.CreateSession());
            session.Begin([.. prompt]);
            float[] logits = session.Append([.. prompt], default).ToArray();
            SpanList best = new(options.Count, false);
            using SpanScorer scorer = new(session, sequences, best, [13], default);
            scorer.Run(logits);

            using IDecoderSession other = model.CreateSession();
            Dictionary<string, double> all = [];
            int tokens = 0;
            HashSet<string> distinct = [];
            foreach (SpanSequence sequence in sequences)
            {
                for (int i = 0; i < sequence.Ids.Length; i++)
                {
                    tokens += distinct.Add(string.Join(' ', sequence.Ids.Take(i + 1))) ? 1 : 0;
                    if (sequence.Ends[i] >= 0)
                    {
                        string text = sources[sequence.Source].Text[sequence.Start..sequence.Ends[i]];
                        all[text] = Math.Max(all.GetValueOrDefault(text, double.NegativeInfinity), LogProbability(other, [.. prompt], [.. sequence.Ids.Take(i + 1)], 13));
                    }
                }
            }

            List<KeyValuePair<string, double>> expected = [.. all.OrderByDescending(span => span.Value).Take(3)];
            Assert.Equal(expected.Select(span => span.Key), best.Best.Select(span => sources[span.Source].Text[span.Range.Start..span.Range.End]));
            Assert.All(expected.Zip(best.Best), pair => Assert.Equal(pair.First.Value, pair.Second.LogProbability, 1e-3));

            // A fraction of what there is had to be run.
            Assert.InRange(scorer.ScoredTokens, 1, tokens / 2);
            TestContext.Current.TestOutputHelper?.WriteLine($"{scorer.ScoredTokens} of {tokens} tokens run for {all.Count} spans, best '{expected[0].Key}' {expected[0].Value:f3}");
        }
    }

    [Fact]
    public void Run_NothingToLeaveOut_RunsEachBeginningOnce()
    {
        ScriptedSession scripted = new(300);
        using CachedSession session = new(scripted);
        session.Begin([1, 2]);
        float[] logits = session.Append([1, 2], default).ToArray();

        // As many results as there are spans, so that none can be left out.
        Random random = new(3);
        List<SpanSequence> sequences = [.. Enumerable.Range(0, 60).Select(i => new SpanSequence(0, i, [.. Enumerable.Range(0, 6).Select(_ => 5 + random.Next(3))], [.. Enumerable.Range(1, 6).Select(end => i + end)]))];
        sequences.Sort();
        HashSet<string> beginnings = [.. sequences.SelectMany(sequence => Enumerable.Range(1, 6).Select(count => string.Join(' ', sequence.Ids.Take(count))))];
        SpanList best = new(10_000, false);
        using SpanScorer scorer = new(session, sequences, best, [0], default);
        scorer.Run(logits);
        Assert.Equal(beginnings.Count, scorer.ScoredTokens);
        Assert.Equal(beginnings.Count, best.Best.Count);
        Assert.Equal(2, session.Length);
    }

    [Fact]
    public async Task ExtractAsync_ModelThatKnows_FindsItsAnswerAndCostsLittle()
    {
        TinyChatModel.Write(_folder.FolderPath, says: ["Rome", " fell"]);
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath);
        SpanExtractor extractor = (SpanExtractor)client.GetService(typeof(SpanExtractor))!;
        QuoteSource[] sources = [new("x", "When Rome falls. And Rome fell. Then Rome rose."), new("y", "Rome fell.")];
        SpanExtraction extraction = await extractor.ExtractAsync([new ChatMessage(ChatRole.User, "What?")], sources, new SpanExtractionOptions { Refusal = "Unknown." }, cancellationToken: TestContext.Current.CancellationToken);
        ExtractedSpan span = Assert.Single(extraction.Spans);
        Assert.Equal(("x", "Rome fell", 2, 2), (span.SourceId, span.Text, span.Tokens, span.Occurrences));
        Assert.Equal(new TextRange(21, 30), span.Range);
        Assert.True(span.LogProbability > extraction.RefusalLogProbability);
        Assert.InRange(extraction.Usage.AdditionalCounts!["scored_tokens"], 2, 30);
        Assert.Equal(0, extraction.Usage.CachedInputTokenCount);

        // The prompt is in the cache by now, and a request of another kind finds it there as well.
        SpanExtraction again = await extractor.ExtractAsync([new ChatMessage(ChatRole.User, "What?")], sources, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(extraction.Spans, again.Spans);
        Assert.Null(again.RefusalLogProbability);
        Assert.Equal(extraction.Usage.InputTokenCount - 1, again.Usage.CachedInputTokenCount);
        Assert.Equal("Rome fell", (await client.GetResponseAsync("What?")).Text);
    }

    [Fact]
    public async Task ExtractAsync_LimitsAndCancellation_AreNamed()
    {
        TinyChatModel.Write(_folder.FolderPath, maxPositions: 64);
        using LocalChatClient client = LocalChatClient.Load(_folder.FolderPath);
        SpanExtractor extractor = (SpanExtractor)client.GetService(typeof(SpanExtractor))!;
        CancellationToken none = TestContext.Current.CancellationToken;
        LimitExceededException long1 = await Assert.ThrowsAsync<LimitExceededException>(() => extractor.ExtractAsync([1], Sources, new SpanExtractionOptions { MaxSourceCharacters = 30 }, none));
        Assert.Equal(nameof(SpanExtractionOptions.MaxSourceCharacters), long1.LimitName);
        LimitExceededException many = await Assert.ThrowsAsync<LimitExceededException>(() => extractor.ExtractAsync([1], Sources, new SpanExtractionOptions { MaxSources = 2 }, none));
        Assert.Equal(nameof(SpanExtractionOptions.MaxSources), many.LimitName);
        await Assert.ThrowsAsync<LimitExceededException>(() => extractor.ExtractAsync([.. Enumerable.Repeat(7, 60)], Sources, null, none));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => extractor.ExtractAsync([1, 2], Sources, null, cancelled.Token));
        Assert.Empty((await extractor.ExtractAsync([1, 2], [], null, none)).Spans);
        Assert.NotEmpty((await extractor.ExtractAsync([1, 2], Sources, null, none)).Spans);
    }

    [Fact]
    public void Run_CancelledWithin_ThrowsAndLeavesTheSessionSound()
    {
        using CancellationTokenSource cancelled = new();
        ScriptedSession scripted = new(300);
        using CachedSession session = new(scripted);
        session.Begin([1, 2]);
        float[] logits = session.Append([1, 2], default).ToArray();
        scripted.Step = at => cancelled.Cancel();
        List<SpanSequence> sequences = [new(0, 0, [5, 6, 7, 8, 9, 10, 11], [1, 2, 3, 4, 5, 6, 7])];
        using SpanScorer scorer = new(session, sequences, new SpanList(9, false), [0], cancelled.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => scorer.Run(logits));
        Assert.Equal(scripted.Length, session.Length);
    }

    private static IEnumerable<TextRange> Spans(string text)
    {
        int[] cuts = [.. System.Globalization.StringInfo.ParseCombiningCharacters(text).Where(at => WordEdges.IsEdge(text, at)), text.Length];
        return
            from start in cuts
            from end in cuts
            where start < end && !char.IsWhiteSpace(text[start]) && !char.IsWhiteSpace(text[end - 1])
            select new TextRange(start, end);
    }

    private static double LogProbability(IDecoderSession session, int[] prompt, byte[] bytes) =>
        LogProbability(session, prompt, [.. bytes.Select(value => 5 + value)], 2, 4);

    private static double LogProbability(IDecoderSession session, int[] prompt, int[] tokens, params int[] stops)
    {
        session.Rewind(0);
        float[] weights = new float[session.VocabularySize];
        double sum = 0;
        ReadOnlySpan<float> logits = session.Append(prompt);
        foreach (int token in tokens)
        {
            sum += logits[token] - Softmax.LogSumExp(logits, weights);
            logits = session.Append([token]);
        }

        double end = 0;
        foreach (int stop in stops)
        {
            end += Math.Exp(logits[stop]);
        }

        return sum + Math.Log(end) - Softmax.LogSumExp(logits, weights);
    }
}
