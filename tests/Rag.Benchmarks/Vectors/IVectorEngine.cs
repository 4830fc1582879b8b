namespace Rag.Benchmarks.Vectors;

/// <summary>Something that finds near vectors.</summary>
internal interface IVectorEngine : IAsyncDisposable
{
    string Name { get; }

    Task<VectorBuild> BuildAsync();

    Task<VectorRun> SearchAsync(int ef);
}
