using Rag.Index;

namespace Rag.Benchmarks.Vectors;

/// <summary>npm hnswlib-node or usearch, in a process of its own that stays.</summary>
internal sealed class PeerVectorEngine : IVectorEngine
{
    private readonly VectorSet _set;
    private readonly VectorSearchOptions _options;
    private readonly NodePeer _peer;
    private readonly int _top;

    private PeerVectorEngine(string name, VectorSet set, VectorSearchOptions options, int top, NodePeer peer) =>
        (Name, _set, _options, _top, _peer) = (name, set, options, top, peer);

    public string Name { get; }

    /// <summary>Starts it.</summary>
    /// <param name="peerFolder">Where the packages were installed.</param>
    /// <param name="engine">"hnswlib" or "usearch".</param>
    /// <param name="type">"f32" or "i8".</param>
    /// <param name="set">What it is to hold.</param>
    /// <param name="options">M, efConstruction, threads; hnswlib-node has one thread whatever this says.</param>
    /// <param name="top">How many to find.</param>
    public static async Task<PeerVectorEngine> StartAsync(string peerFolder, string engine, string type, VectorSet set, VectorSearchOptions options, int top) => new(
        $"{engine}, {type}", set, options, top, await NodePeer.StartAsync(peerFolder, Path.Combine("Vectors", "peer.mjs"), engine, type, set.Folder));

    public Task<VectorBuild> BuildAsync() => _peer.AskAsync<VectorBuild>(new
    {
        op = "build",
        file = _set.VectorFile,
        dimensions = _set.Dimensions,
        rows = _set.Vectors.Length,
        m = _options.M,
        efConstruction = _options.EfConstruction,
        threads = _options.Threads,
    });

    public Task<VectorRun> SearchAsync(int ef) => _peer.AskAsync<VectorRun>(new { op = "search", file = _set.QueryFile, ef, top = _top, threads = _options.Threads });

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
