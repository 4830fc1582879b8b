using Rag.Index;
using Rag.Testing;

namespace Rag.Conformance.Tests;

public sealed class InMemoryChunkIndexTests : ConformanceTests<InMemoryChunkIndex>
{
    protected override ValueTask<IChunkIndex> CreateAsync(CancellationToken cancellationToken) => new(new InMemoryChunkIndex());
}
