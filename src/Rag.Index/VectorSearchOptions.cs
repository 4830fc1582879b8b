namespace Rag.Index;

/// <summary>
/// How a <see cref="SqliteChunkIndex"/> searches vectors: every one compared while they are few, over a graph of neighbours (HNSW:
/// Malkov and Yashunin 2016, arXiv 1603.09320) once they are many.
/// </summary>
public sealed class VectorSearchOptions
{
    /// <summary>How exactly vectors are held in memory. Default <see cref="VectorPrecision.Single"/>.</summary>
    public VectorPrecision Precision { get; set; } = VectorPrecision.Single;

    /// <summary>With fewer vectors than this every one is compared: exact, no graph, no cache file. Default 20,000.</summary>
    public int ExactBelow { get; set; } = 20_000;

    /// <summary>Neighbours that a vector has in the graph's upper layers; twice as many in the lowest. From 2 to 256, default 16.</summary>
    public int M { get; set; } = 16;

    /// <summary>Candidates looked at to find a new vector's neighbours. From 8 to 4,096, default 200.</summary>
    public int EfConstruction { get; set; } = 200;

    /// <summary>Candidates kept while the graph is searched; never fewer than the results asked for. From 1 to 65,536, default 96.</summary>
    public int EfSearch { get; set; } = 96;

    /// <summary>
    /// With a precision below single, how many times the results asked for are scored again from the stored vectors. At least 1, default 3.
    /// </summary>
    public int Rescore { get; set; } = 3;

    /// <summary>Threads that build the graph and scan many vectors. Default: as many as the machine has processors.</summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Decides in which layers of the graph a vector is. With one thread the same vectors give the same graph.</summary>
    public ulong Seed { get; set; } = 0x9E3779B97F4A7C15;

    /// <summary>
    /// Whether a writer keeps the graph and its vectors in the file vectors.cache beside the database, so that the next process need
    /// not build them again. The file is only a cache: deleted or damaged it costs time. Default true.
    /// </summary>
    public bool CacheFile { get; set; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Precision))
        {
            throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "The precision is none of those that there are.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(ExactBelow);
        Require(M is >= 2 and <= 256, M, nameof(M), "from 2 to 256");
        Require(EfConstruction is >= 8 and <= 4096, EfConstruction, nameof(EfConstruction), "from 8 to 4,096");
        Require(EfSearch is >= 1 and <= 65_536, EfSearch, nameof(EfSearch), "from 1 to 65,536");
        Require(Rescore is >= 1 and <= 1024, Rescore, nameof(Rescore), "from 1 to 1,024");
        Require(Threads is >= 1 and <= 1024, Threads, nameof(Threads), "from 1 to 1,024");
    }

    private static void Require(bool holds, int value, string name, string range)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is a number {range}.");
        }
    }
}
