using Rag.Index;

namespace Rag.Conformance.Tests;

public sealed class SqliteChunkIndexTests : ConformanceTests<SqliteChunkIndex>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rag-conformance-");
    private int _created;

    public void Dispose() => _folder.Delete(recursive: true);

    protected override async ValueTask<IChunkIndex> CreateAsync(CancellationToken cancellationToken) =>
        await SqliteChunkIndex.OpenAsync(Path.Combine(_folder.FullName, $"{_created++}"), cancellationToken: cancellationToken);
}
