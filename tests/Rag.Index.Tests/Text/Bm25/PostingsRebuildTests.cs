using Rag.Index.Maintenance;
using Rag.Index.Tests.Support;
using Rag.Index.Text;
using Rag.Index.Writing;

namespace Rag.Index.Tests.Text.Bm25;

public sealed class PostingsRebuildTests : IDisposable
{
    private const int Documents = 60;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE FROM postings")]
    [InlineData("UPDATE postings SET data = zeroblob(9)")]
    [InlineData("UPDATE terms SET data = zeroblob(9); INSERT INTO pending VALUES (1, zeroblob(4)); UPDATE state SET total_length = 7, chunks = 3")]
    [InlineData("DROP TABLE pending; DROP TABLE postings; CREATE TABLE postings (term BLOB NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (term, first)) WITHOUT ROWID")]
    public async Task Whatever_the_tables_held_searches_are_as_before(string damage)
    {
        string expected = await FillAsync();
        _folder.Damage(damage);
        List<long> reports = [];
        Rebuild(new StandardAnalyzer(), new Reports(reports), CancellationToken.None);
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.Empty(await index.VerifyAsync());
        Assert.Equal(expected, await Snapshot.OfAsync(index));
        Assert.Equal(3 * (Documents - 2), reports[^1]);

        // The next writes go on where it left off.
        Assert.True(await index.DeleteAsync("d7"));
        await index.UpsertAsync(Make.WithVectors("new", new(1), 300));
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Another_analyzer_takes_over()
    {
        await FillAsync();
        Rebuild(new CodeAnalyzer(), null, CancellationToken.None);
        await Assert.ThrowsAsync<IncompatibleException>(async () =>
        {
            await using SqliteChunkIndex standard = await _folder.OpenReaderAsync();
            await standard.SearchTextAsync("w0x", 1);
        });
        await using SqliteChunkIndex index = await _folder.OpenAsync(options => options.Analyzer = new CodeAnalyzer());
        Assert.NotEmpty((await index.SearchTextAsync("w", 5)).Ids);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Cancelled_it_leaves_no_trace()
    {
        string expected = await FillAsync();
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() => Rebuild(new CancellingAnalyzer(source), null, source.Token));
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.Equal(expected, await Snapshot.OfAsync(index));
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task An_open_reader_goes_on_with_the_new_postings()
    {
        await FillAsync();
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        ChunkScores before = await reader.SearchTextAsync("w0x w1x", 5);
        Rebuild(new StandardAnalyzer(), null, CancellationToken.None);
        Assert.Equivalent(before, await reader.SearchTextAsync("w0x w1x", 5), strict: true);
    }

    private async Task<string> FillAsync()
    {
        await using (SqliteChunkIndex index = await _folder.OpenAsync())
        {
            await index.SetManifestAsync(Make.Manifest, replace: false);
            for (int i = 0; i < Documents; i++)
            {
                await index.UpsertAsync(Make.WithVectors($"d{i}", new(i), 3));
            }

            await index.DeleteAsync("d3");
            await index.DeleteAsync("d40");
        }

        await using SqliteChunkIndex filled = await _folder.OpenReaderAsync();
        return await Snapshot.OfAsync(filled);
    }

    private void Rebuild(ITextAnalyzer analyzer, IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        using IndexWriter writer = IndexWriter.Open(new(_folder.Path), new() { Analyzer = analyzer });
        writer.Rebuild(progress, cancellationToken);
    }

    private sealed class Reports(List<long> reports) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => reports.Add(value.Done);
    }

    // Cancels in the middle.
    private sealed class CancellingAnalyzer(CancellationTokenSource source) : ITextAnalyzer
    {
        private readonly StandardAnalyzer _inner = new();
        private int _calls;

        public string Fingerprint => _inner.Fingerprint;

        public void Analyze(ReadOnlySpan<char> text, ITermSink sink)
        {
            if (++_calls == 50)
            {
                source.Cancel();
            }

            _inner.Analyze(text, sink);
        }
    }
}
