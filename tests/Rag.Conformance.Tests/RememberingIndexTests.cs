using Rag.Evaluation.Articles;
using Rag.Index;
using Rag.Testing;

namespace Rag.Conformance.Tests;

public sealed class RememberingIndexTests : ConformanceTests<RememberingIndex>
{
    protected override ValueTask<IChunkIndex> CreateAsync(CancellationToken cancellationToken) => new(new RememberingIndex(new InMemoryChunkIndex()));
}
