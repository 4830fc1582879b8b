using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks.Heads;
using Rag.Reading;
using Rag.Runtime.Reading;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Reading;

/// <summary>A trained span reader against its reference outputs.</summary>
public sealed class StarterReaderTests(StarterReaderTests.Fixture model, ITestOutputHelper output) : IClassFixture<StarterReaderTests.Fixture>
{
    private const float Tolerance = 1e-3f;

    public sealed class Fixture : IDisposable
    {
        private readonly Lazy<SpanReader> _reader = new(() => SpanReader.Load(Folder, Options));

        public static string Folder => ReferencePair.Folder;

        public static SpanReaderOptions Options => new() { WordEmbeddingsFolder = SharedData.Require("models", "all-MiniLM-L6-v2") };

        public SpanReader Reader => _reader.Value;

        public void Dispose()
        {
            if (_reader.IsValueCreated)
            {
                _reader.Value.Dispose();
            }
        }
    }

    [Fact]
    public void Ids_logits_spans_and_margins_of_first_windows_equal_the_reference()
    {
        ReferencePair[] pairs = [.. ReferencePair.All()];
        SpanReaderOptions options = Fixture.Options;
        PairEncoder encoder = new(Tokenizer.Load(options.WordEmbeddingsFolder!), options, options.MaxTokens, "reader");
        using OnnxHeadSession session = OnnxHeadSession.Load(ModelFolder.Open(Fixture.Folder), HeadKind.Spans, options.Runtime, options.WordEmbeddingsFolder);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(Fixture.Folder, "expected.safetensors"));
        float[] starts = expected.ReadSingles(expected.Require("start_logits"));
        float[] ends = expected.ReadSingles(expected.Require("end_logits"));
        (int offset, float worst, float worstMargin) = (0, 0, 0);
        foreach (ReferencePair pair in pairs)
        {
            PairLayout layout = encoder.Question(pair.Question);
            (int room, int overlap) = encoder.Windows(layout);
            EncodedPassage passage = encoder.Passage(pair.Passage, 0);
            SpanBatch batch = new([PassageWindow.Over(0, passage.Ids.Length, room, overlap).First()], layout, [passage], padding: 0);
            Assert.Equal(pair.Ids, batch.Ids(0).ToArray());
            batch.Run(session, TestContext.Current.CancellationToken);
            worst = Math.Max(worst, Math.Max(Worst(starts.AsSpan(offset), batch.Start(0)), Worst(ends.AsSpan(offset), batch.End(0))));
            offset += pair.Ids.Length;
            SpanReading best = batch.Best(0, options)!;
            Assert.Equal(pair.Span, best.Best.Range.Of(pair.Passage).ToString());
            worstMargin = Math.Max(worstMargin, Math.Abs(pair.Margin - best.Margin));
        }

        output.WriteLine($"{pairs.Length} pairs, max difference of a logit {worst:e1}, of a margin {worstMargin:e1}");
        Assert.Equal(starts.Length, offset);
        Assert.InRange(worst, 0, Tolerance);
        Assert.InRange(worstMargin, 0, Tolerance);
    }

    [Fact]
    public void Read_BatchesOfPassagesForOneQuestion_GivesWhatEachGivesAlone()
    {
        ReferencePair[] pairs = [.. ReferencePair.All().Take(12)];
        string[] passages = [.. pairs.Select(pair => pair.Passage), string.Empty];
        IReadOnlyList<SpanReading?> together = model.Reader.Read(pairs[0].Question, passages, TestContext.Current.CancellationToken);
        Assert.Equal(passages.Length, together.Count);
        Assert.Null(together[^1]);
        Assert.Equal(pairs[0].Span, together[0]!.Best.Range.Of(passages[0]).ToString());
        for (int i = 0; i < pairs.Length; i++)
        {
            SpanReading alone = Assert.Single(model.Reader.Read(pairs[0].Question, [passages[i]], TestContext.Current.CancellationToken))!;
            Assert.Equal(alone.Best.Range, together[i]!.Best.Range);
            Assert.InRange(Math.Abs(alone.Margin - together[i]!.Margin), 0, Tolerance);
        }

        Assert.Equal(0, together.Index().Where(at => at.Item is not null).MaxBy(at => at.Item!.Margin).Index);
    }

    [Fact]
    public void Read_PassageOfManyWindows_FindsTheAnswerWhereverItStands()
    {
        ReferencePair[] pairs = [.. ReferencePair.All()];
        ReferencePair asked = pairs[0];
        string[] others = [.. pairs.Skip(1).Select(pair => pair.Passage).Where(text => text != asked.Passage).Distinct().Take(6)];
        foreach (int place in (int[])[0, 3, 6])
        {
            string text = string.Join('\n', [.. others[..place], asked.Passage, .. others[place..]]);
            SpanReading found = Assert.Single(model.Reader.Read(asked.Question, [text], TestContext.Current.CancellationToken))!;
            Assert.Equal(asked.Span, found.Best.Range.Of(text).ToString());
            Assert.InRange(found.Best.Range.Start, text.IndexOf(asked.Passage, StringComparison.Ordinal), text.IndexOf(asked.Passage, StringComparison.Ordinal) + asked.Passage.Length);
        }
    }

    [Fact]
    public async Task Read_InParallel_GivesTheSame()
    {
        ReferencePair[] pairs = [.. ReferencePair.All().Take(4)];
        string[] passages = [.. pairs.Select(pair => pair.Passage)];
        IReadOnlyList<SpanReading?> expected = model.Reader.Read(pairs[1].Question, passages, TestContext.Current.CancellationToken);
        IReadOnlyList<SpanReading?>[] results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            Task.Run(() => model.Reader.Read(pairs[1].Question, passages, TestContext.Current.CancellationToken))));
        Assert.All(results, result => Assert.Equal(
            expected.Select(reading => (reading!.NoAnswerScore, string.Join(' ', reading.Candidates))),
            result.Select(reading => (reading!.NoAnswerScore, string.Join(' ', reading.Candidates)))));
    }

    [Fact]
    public void Read_CancelledOrDisposed_Throws()
    {
        SpanReader reader = SpanReader.Load(Fixture.Folder, Fixture.Options);
        Assert.ThrowsAny<OperationCanceledException>(() => reader.Read("Who?", ["Nobody."], new CancellationToken(canceled: true)));
        Assert.NotNull(Assert.Single(reader.Read("Who?", ["Nobody."], TestContext.Current.CancellationToken)));
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.Read("Who?", ["Nobody."], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Load_WithoutTheWordEmbeddings_SaysWhichTensorIsMissingAndWhatToDo()
    {
        string folder = Fixture.Folder;
        IncompatibleException missing = Assert.Throws<IncompatibleException>(() =>
            OnnxHeadSession.Load(ModelFolder.Open(folder), HeadKind.Spans, new RuntimeOptions()));
        Assert.Equal(
            $"The model folder {folder} lacks the tensor 'bert.embeddings.word_embeddings.weight', and no other folder to take the word embeddings from was named; name the folder of the model that it shares them with.",
            missing.Message);
    }

    [Fact]
    public void Load_EncoderWithoutSpanHead_SaysWhichTensorIsMissing()
    {
        string folder = SharedData.Require("models", "all-MiniLM-L6-v2");
        IncompatibleException missing = Assert.Throws<IncompatibleException>(() => SpanReader.Load(folder));
        Assert.Contains("lacks the tensor 'qa_outputs.weight'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BorrowingFromAFolderThatLacksThem_SaysSo()
    {
        SpanReaderOptions options = new() { WordEmbeddingsFolder = Fixture.Folder };
        IncompatibleException missing = Assert.Throws<IncompatibleException>(() =>
            OnnxHeadSession.Load(ModelFolder.Open(Fixture.Folder), HeadKind.Spans, options.Runtime, options.WordEmbeddingsFolder));
        Assert.Contains("named for the word embeddings, has neither the tensor 'embeddings.word_embeddings.weight'", missing.Message, StringComparison.Ordinal);
    }

    private static float Worst(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }

        return worst;
    }
}
