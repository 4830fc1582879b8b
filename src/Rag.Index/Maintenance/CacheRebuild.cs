using Rag.Index.Storage;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Maintenance;

/// <summary>
/// Makes anew whatever follows from documents and chunks: term records, postings of words and of sparse vectors, the counters; drops vectors and
/// attributes that belong to nothing. Runs inside the caller's transaction.
/// </summary>
internal sealed class CacheRebuild(IndexConnection connection, ITextAnalyzer analyzer)
{
    public IndexState Run(IndexState state, IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        connection.Execute("DELETE FROM vectors WHERE chunk NOT IN (SELECT key FROM chunks)");
        connection.Execute("DELETE FROM metadata WHERE document NOT IN (SELECT key FROM documents)");
        connection.Execute("DELETE FROM access WHERE document NOT IN (SELECT key FROM documents)");
        new KindStore(connection).Rebuild(state.NextChunk);
        long total = connection.Number("SELECT count(*) FROM chunks");
        PostingsRebuild postings = new(connection, analyzer);
        IndexState rebuilt = postings.Run(state, progress is null ? null : new Passages(progress, total), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return rebuilt;
    }

    private sealed class Passages(IProgress<IndexProgress> progress, long total) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new("passages", value, total));
    }
}
