using Rag.Index.Storage;
using Rag.Index.Text;

namespace Rag.Index;

/// <summary>How a <see cref="SqliteChunkIndex"/> is opened. Read once, when it opens.</summary>
public sealed class ChunkIndexOptions
{
    /// <summary>BM25's k1: how fast repeats of a term stop to count. Default 1.2.</summary>
    public double K1 { get; set; } = 1.2;

    /// <summary>BM25's b: how much long passages are held back, from 0 to 1. Default .75.</summary>
    public double B { get; set; } = 0.75;

    /// <summary>Turns text into terms. Default <see cref="StandardAnalyzer"/>.</summary>
    public ITextAnalyzer Analyzer { get; set; } = new StandardAnalyzer();

    /// <summary>How vectors are searched.</summary>
    public VectorSearchOptions Vectors { get; set; } = new();

    /// <summary>
    /// Chunks that may wait to be merged into the postings at most, while the index is open for writing: many make a large ingestion
    /// quicker, and the first search of another process meanwhile slower (about 10 µs each). Default 4,096.
    /// </summary>
    public int MaxWaitingChunks { get; set; } = 4096;

    /// <summary>Whether to open for reading only: takes no lock, needs an index that is there. Default false.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>How long to wait for SQLite's own short locks, such as while another process recovers the log. Default 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an index's database may be to be checked as a whole when it opens, in bytes: each megabyte against the checksum that its
    /// last writer left when it closed (index.sum), where there is one. A changed bit anywhere is then an error that names the region. What is
    /// longer is checked row by row as it is read, and as a whole by <see cref="SqliteChunkIndex.VerifyAsync(CancellationToken)"/>;
    /// 0 always. Default 256 MiB, which takes a tenth of a second from memory.
    /// </summary>
    public long VerifyOnOpenBytes { get; set; } = 256L << 20;

    /// <summary>
    /// How many scopes (<see cref="SearchScope"/>) to remember the documents of, those asked for last; found anew after every commit.
    /// Each costs some bytes for every run of neighbouring documents in it, and a bit for every vector. Default 64.
    /// </summary>
    public int MaxCachedScopes { get; set; } = 64;

    /// <summary>Called at named steps of a write, so that a test can stop there.</summary>
    internal Action<string>? OnStep { get; set; }

    /// <summary>What makes and removes names in the folder, so that a test can stand in for the disk.</summary>
    internal IndexFolder Folder { get; set; } = new();

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Analyzer);
        ArgumentNullException.ThrowIfNull(Vectors);
        Vectors.Validate();
        ArgumentException.ThrowIfNullOrEmpty(Analyzer.Fingerprint, $"{nameof(Analyzer)}.{nameof(Analyzer.Fingerprint)}");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingChunks, 1, nameof(MaxWaitingChunks));
        if (!(K1 >= 0 && double.IsFinite(K1)))
        {
            throw new ArgumentOutOfRangeException(nameof(K1), K1, "k1 is a finite number, at least 0.");
        }

        if (!(B is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(B), B, "b lies between 0 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCachedScopes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(VerifyOnOpenBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BusyTimeout, TimeSpan.FromDays(1));
    }
}
