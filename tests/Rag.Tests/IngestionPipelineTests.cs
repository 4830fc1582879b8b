using Rag.Chunking;
using Rag.Documents;
using Rag.Ingestion;
using Rag.Tests.Fakes;

namespace Rag.Tests;

public sealed class IngestionPipelineTests : IAsyncDisposable
{
    private readonly FakeSource _source = new();
    private readonly FakeReader _reader = new();
    private readonly FakeEmbedder _embedder = new();
    private readonly FakeIndex _index = new();

    private Task<IngestionResult> RunAsync(IngestionOptions? options = null, IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new IngestionPipeline(_source, [_reader], new StructureChunker(), _embedder, _index, options).RunAsync(progress, cancellationToken);

    [Fact]
    public async Task FirstRun_StoresEveryDocument_AfterTheManifest()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        IngestionResult result = await RunAsync();

        Assert.Equal((2, 0, 0, 0, 2), (result.Added, result.Updated, result.Unchanged, result.Removed, result.Chunks));
        Assert.Empty(result.Failed);
        Assert.Equal(["manifest", "upsert a.txt", "upsert b.txt"], _index.Log);
        Assert.Equal("Alpha text.", _index.Documents["a.txt"].Document.Text);
    }

    [Fact]
    public async Task SecondRun_ReadsAndEmbedsNothing()
    {
        _source.With("a.txt", "Alpha text.");
        await RunAsync();
        IngestionResult result = await RunAsync();
        Assert.Equal((0, 0, 1, 0), (result.Added, result.Updated, result.Unchanged, result.Removed));
        Assert.Equal(1, _reader.Reads);
        Assert.Single(_embedder.Calls);
    }

    [Fact]
    public async Task ChangedAndVanished_AreReplacedAndRemoved()
    {
        _source.With("a.txt", "Alpha.").With("b.txt", "Beta.").With("c.txt", "Gamma.");
        await RunAsync();
        _source.With("a.txt", "Alpha changed.").Without("b.txt");
        IngestionResult result = await RunAsync();
        Assert.Equal((0, 1, 1, 1, 2), (result.Added, result.Updated, result.Unchanged, result.Removed, result.Chunks));
        Assert.Equal(["a.txt", "c.txt"], _index.Documents.Keys);
        Assert.Equal("Alpha changed.", _index.Documents["a.txt"].Chunks[0].Text);
    }

    [Fact]
    public async Task OtherReaderVersion_ReadsAgain()
    {
        _source.With("a.txt", "Alpha.");
        await RunAsync();
        _reader.Fingerprint = "2";
        Assert.Equal(1, (await RunAsync()).Updated);
    }

    [Fact]
    public async Task DocumentThatBecomesEmpty_IsASuccessWithoutChunks()
    {
        _source.With("a.txt", "Alpha.");
        await RunAsync();
        _source.With("a.txt", "  ");
        IngestionResult result = await RunAsync();
        Assert.Equal((1, 0), (result.Updated, result.Chunks));
        Assert.Empty(_index.Documents["a.txt"].Chunks);
    }

    [Fact]
    public async Task EveryKindOfFailure_IsAResultAndLeavesTheOthersAlone()
    {
        _source.With("good.txt", "Good.").With("strange.bin", "?").With("bug.txt", "BUG").With("big.txt", new string('x', 200)).With("last.txt", "Last.");
        _source.Items.Add(new SourceItem { Id = "link.txt", Error = new UnavailableException("The link is broken.") });
        _source.Items.Add(new SourceItem { Id = "locked.txt", OpenAsync = _ => throw new UnauthorizedAccessException("no") });
        _source.Items.Add(new SourceItem { Id = "gone.txt", OpenAsync = _ => throw new FileNotFoundException("gone") });
        _source.Items.Add(new SourceItem { Id = "grown.txt", Length = 3, OpenAsync = _ => new(new MemoryStream(new byte[500])) });
        _source.Items.Add(_source.Items[0]);
        _reader.Fault = text => text == "BUG" ? new InvalidCastException("deep inside") : null;

        IngestionResult result = await RunAsync(new IngestionOptions { MaxFileBytes = 100 });

        Assert.Equal(2, result.Added);
        Dictionary<string, Type> failed = result.Failed.ToDictionary(failure => failure.Document, failure => failure.Exception.GetType());
        Assert.Equal(typeof(UnsupportedException), failed["strange.bin"]);
        Assert.Equal(typeof(CorruptException), failed["bug.txt"]);
        Assert.Equal(typeof(LimitExceededException), failed["big.txt"]);
        Assert.Equal(typeof(UnavailableException), failed["link.txt"]);
        Assert.Equal(typeof(UnavailableException), failed["locked.txt"]);
        Assert.Equal(typeof(UnavailableException), failed["gone.txt"]);
        Assert.Equal(typeof(LimitExceededException), failed["grown.txt"]);
        Assert.Equal(typeof(CorruptException), failed["good.txt"]);
        Assert.Contains("InvalidCastException", result.Failed.Single(failure => failure.Document == "bug.txt").Error, StringComparison.Ordinal);
        Assert.Contains("good.txt", _index.Documents.Keys);
    }

    [Fact]
    public async Task DocumentThatFailsNow_LosesItsStaleContent()
    {
        _source.With("a.txt", "Alpha.").With("b.txt", "Beta.");
        await RunAsync();
        _source.With("a.txt", "BUG");
        _reader.Fault = text => text == "BUG" ? new CorruptException("Damaged.") : null;
        IngestionResult result = await RunAsync();
        Assert.Equal((1, 1, 1), (result.Removed, result.Unchanged, result.Failed.Count));
        Assert.Equal(["b.txt"], _index.Documents.Keys);
    }

    [Fact]
    public async Task UnusableVectors_FailTheirDocumentAndNameTheChunk()
    {
        FakeEmbedder embedder = new(text => text switch
        {
            "nan" => [float.NaN, 1],
            "zero" => [0, 0],
            "inf" => [float.PositiveInfinity, 0],
            "long" => [1, 2, 3],
            _ => [1, 0],
        }, 2);
        _source.With("good.txt", "fine").With("nan.txt", "nan").With("zero.txt", "zero").With("inf.txt", "inf").With("long.txt", "long").With("lost.txt", "LOSE-ME");
        IngestionResult result = await new IngestionPipeline(_source, [_reader], new StructureChunker(), embedder, _index).RunAsync();

        Assert.Equal(["good.txt"], _index.Documents.Keys);
        Assert.Equal(5, result.Failed.Count);
        Assert.All(result.Failed, failure => Assert.Matches("[0-9a-f]{32}", failure.Error));
    }

    [Fact]
    public async Task SmallDocuments_ShareEmbeddingCalls()
    {
        for (int i = 0; i < 25; i++)
        {
            _source.With($"{i:D2}.txt", $"Text number {i}.");
        }

        await RunAsync(new IngestionOptions { EmbeddingBatchSize = 10 });
        Assert.Equal([10, 10, 5], _embedder.Calls);
    }

    [Fact]
    public async Task LongDocument_IsEmbeddedInCallsOfTheBatchSize()
    {
        _source.With("a.txt", string.Join("\n\n", Enumerable.Range(0, 40).Select(i => string.Join(' ', Enumerable.Repeat($"word{i}", 200)))));
        IngestionResult result = await RunAsync(new IngestionOptions { EmbeddingBatchSize = 16 });
        Assert.All(_embedder.Calls, call => Assert.InRange(call, 1, 16));
        Assert.Equal(result.Chunks, _embedder.Calls.Sum());
    }

    [Fact]
    public async Task ChangedDocument_OnlyItsChangedChunksAreEmbedded()
    {
        string[] paragraphs = [.. Enumerable.Range(0, 12).Select(i => string.Join(' ', Enumerable.Repeat($"paragraph{i}", 150)))];
        _source.With("a.txt", string.Join("\n\n", paragraphs));
        IngestionResult first = await RunAsync();
        Assert.Equal(first.Chunks, first.Embedded);
        paragraphs[5] = string.Join(" ", Enumerable.Repeat("changed5", 150));
        _source.With("a.txt", string.Join("\n\n", paragraphs));
        IngestionResult second = await RunAsync();
        Assert.Equal((1, second.Embedded), (second.Updated, _embedder.Texts.Count - first.Embedded));
        Assert.InRange(second.Embedded, 1, 3);

        // And the index is the one that a fresh run would give.
        FakeIndex fresh = new();
        await new IngestionPipeline(_source, [_reader], new StructureChunker(), new FakeEmbedder(), fresh).RunAsync();
        Assert.Equal(fresh.Documents["a.txt"].Chunks.Select(chunk => chunk.Id), _index.Documents["a.txt"].Chunks.Select(chunk => chunk.Id));
        Assert.Equal(fresh.Documents["a.txt"].Vectors!.Select(vector => vector.ToArray()), _index.Documents["a.txt"].Vectors!.Select(vector => vector.ToArray()));
    }

    [Fact]
    public async Task RenamedAndCopiedDocuments_AreNotEmbeddedAgain()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.").With("copy of a.txt", "Alpha text.");
        Assert.Equal(2, (await RunAsync()).Embedded);
        _source.Without("b.txt").With("renamed.txt", "Beta text.");
        IngestionResult result = await RunAsync();
        Assert.Equal((1, 1, 0), (result.Added, result.Removed, result.Embedded));
        Assert.Equal(FakeEmbedder.Letters("Beta text."), _index.Documents["renamed.txt"].Vectors![0].ToArray());
    }

    [Fact]
    public async Task OnePercentChangedAndOnePercentGone_EmbedsThatOnePercent()
    {
        for (int i = 0; i < 300; i++)
        {
            _source.With($"{i:D3}.txt", $"Abstract number {i}, as it was.");
        }

        await RunAsync();
        for (int i = 0; i < 300; i += 100)
        {
            _source.With($"{i:D3}.txt", $"Abstract number {i}, changed.").Without($"{i + 50:D3}.txt");
        }

        IngestionResult result = await RunAsync();
        Assert.Equal((0, 3, 294, 3, 3), (result.Added, result.Updated, result.Unchanged, result.Removed, result.Embedded));
        Assert.Equal(303, _embedder.Texts.Count);
    }

    [Fact]
    public async Task DocumentsOfOneEmbeddingCall_AreStoredTogether()
    {
        _source.With("a.txt", "Alpha.").With("b.txt", "Beta.").With("c.txt", "Gamma.");
        await RunAsync(new IngestionOptions { EmbeddingBatchSize = 2 });
        Assert.Equal([2, 1], _index.Groups);
    }

    [Fact]
    public async Task EmbeddingModelDown_EndsTheRunAndKeepsWhatWasStored()
    {
        _source.With("a.txt", "Alpha.");
        await RunAsync();
        _source.With("a.txt", "Changed.");
        _embedder.Fault = _ => new UnavailableException("No model.");
        await Assert.ThrowsAsync<UnavailableException>(() => RunAsync());
        Assert.Equal("Alpha.", _index.Documents["a.txt"].Document.Text);
    }

    [Fact]
    public async Task Cancelled_ThrowsAndKeepsWholeDocumentsOnly()
    {
        _source.With("a.txt", "Alpha.").With("b.txt", "Beta.").With("c.txt", "Gamma.");
        using CancellationTokenSource stop = new();
        _index.BeforeUpsert = id => { if (id == "b.txt") { stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(new IngestionOptions { EmbeddingBatchSize = 1 }, null, stop.Token));
        Assert.Equal(["a.txt"], _index.Documents.Keys);
    }

    [Fact]
    public async Task RunBrokenAtAnyUpsert_ThenRunAgain_EqualsAFreshRun()
    {
        for (int i = 0; i < 6; i++)
        {
            _source.With($"{i}.txt", $"Text number {i}.");
        }

        for (int crash = 0; crash < 6; crash++)
        {
            FakeIndex index = new();
            int upserts = 0;
            index.BeforeUpsert = _ => { if (upserts++ == crash) { throw new IOException("The disk is full."); } };
            IngestionPipeline pipeline = new(_source, [_reader], new StructureChunker(), _embedder, index, new IngestionOptions { EmbeddingBatchSize = 2 });
            await Assert.ThrowsAsync<IOException>(() => pipeline.RunAsync());
            index.BeforeUpsert = null;
            await pipeline.RunAsync();
            await RunAsync();
            Assert.Equal(
                _index.Documents.Values.SelectMany(document => document.Chunks.Select(chunk => chunk.Id)),
                index.Documents.Values.SelectMany(document => document.Chunks.Select(chunk => chunk.Id)));
        }
    }

    [Fact]
    public async Task OtherEmbedder_IsRefusedUnlessReplacing()
    {
        _source.With("a.txt", "Alpha.");
        await RunAsync();
        _embedder.Identity = _embedder.Identity! with { Model = "other" };
        await Assert.ThrowsAsync<IncompatibleException>(() => RunAsync());
        IngestionResult result = await RunAsync(new IngestionOptions { ReplaceIncompatible = true });
        Assert.True(result.Replaced);
        Assert.Equal(1, result.Added);
    }

    [Fact]
    public void EmbedderWithoutIdentity_IsRefused()
    {
        _embedder.Identity = null;
        Assert.Throws<ArgumentException>(() => new IngestionPipeline(_source, [_reader], new StructureChunker(), _embedder, _index));
    }

    [Fact]
    public async Task TextOnly_StoresWithoutVectors()
    {
        _source.With("a.txt", "Alpha.");
        await new IngestionPipeline(_source, [_reader], new StructureChunker(), null, _index).RunAsync();
        Assert.Null(_index.Documents["a.txt"].Vectors);
    }

    [Fact]
    public async Task Progress_TellsOfEveryDocumentOnce()
    {
        _source.With("a.txt", "Alpha.").With("b.bin", "?").With("c.txt", "Gamma.");
        List<IngestionProgress> seen = [];
        await RunAsync(progress: new Direct(seen.Add));
        Assert.Equal([1, 2, 3], seen.Select(step => step.Done));
        Assert.All(seen, step => Assert.Equal(3, step.Total));
        Assert.Equal(["a.txt", "b.bin", "c.txt"], seen.Select(step => step.Document).Order());
    }

    public ValueTask DisposeAsync()
    {
        _embedder.Dispose();
        return _index.DisposeAsync();
    }

    private sealed class Direct(Action<IngestionProgress> report) : IProgress<IngestionProgress>
    {
        public void Report(IngestionProgress value) => report(value);
    }
}
