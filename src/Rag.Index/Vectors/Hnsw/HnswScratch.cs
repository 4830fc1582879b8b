namespace Rag.Index.Vectors.Hnsw;

/// <summary>What one thread needs while it searches or adds; kept and used again.</summary>
internal sealed class HnswScratch
{
    private ushort[] _visited = [];
    private ushort _mark;

    public CandidateList Found { get; } = new();

    public CandidateList Permitted { get; } = new();

    public CandidateHeap Open { get; } = new();

    /// <summary>Neighbours that are looked at together.</summary>
    public int[] Fresh { get; } = new int[1024];

    /// <summary>Neighbours chosen for a row, layer by layer.</summary>
    public int[] Chosen { get; } = new int[(HnswGraph.MaxLevel + 1) * 256];

    /// <summary>Candidates to choose from.</summary>
    public ulong[] Choices { get; private set; } = new ulong[1024];

    /// <summary>The row that is compared.</summary>
    public byte[] Query { get; private set; } = [];

    public byte[] QueryOf(int stride) => Query.Length >= stride ? Query : Query = GC.AllocateUninitializedArray<byte>(stride, pinned: true);

    public Span<ulong> ChoicesOf(int count) => (Choices.Length >= count ? Choices : Choices = new ulong[2 * count]).AsSpan(0, count);

    /// <summary>Forgets which rows were seen.</summary>
    public ushort[] Forget(int rows)
    {
        if (_visited.Length < rows)
        {
            (_visited, _mark) = (new ushort[rows + (rows / 8)], 0);
        }

        if (++_mark == 0)
        {
            Array.Clear(_visited);
            _mark = 1;
        }

        return _visited;
    }

    /// <summary>Stands in <see cref="Forget"/>'s array for a row that was seen.</summary>
    public ushort Mark => _mark;
}
