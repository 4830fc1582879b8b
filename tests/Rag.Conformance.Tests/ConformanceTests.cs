using Rag.Index;
using Rag.Testing;

namespace Rag.Conformance.Tests;

/// <summary>Runs every case against one kind of index; a subclass says how one is made, and nothing else.</summary>
/// <typeparam name="TIndex">The index that is tested.</typeparam>
public abstract class ConformanceTests<TIndex>
    where TIndex : IChunkIndex
{
    [Theory]
    [MemberData(nameof(CaseNames.All), MemberType = typeof(CaseNames))]
    public async Task An_index_conforms(string name)
    {
        ConformanceCase tested = ChunkIndexConformance.Cases.Single(item => item.Name == name);
        await tested.RunAsync(
            async cancellationToken =>
            {
                IChunkIndex index = await CreateAsync(cancellationToken);
                Assert.IsType<TIndex>(index);
                return index;
            },
            TestContext.Current.CancellationToken);
    }

    protected abstract ValueTask<IChunkIndex> CreateAsync(CancellationToken cancellationToken);
}
