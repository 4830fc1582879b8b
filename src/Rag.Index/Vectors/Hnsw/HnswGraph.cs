using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>
/// The links of an HNSW graph (Malkov and Yashunin 2016, arXiv 1603.09320) over the rows of a store: for each row and layer a count
/// and that many neighbours, twice <see cref="M"/> at most in the lowest layer and M above. Lists change under the row's lock and
/// are read without one: a reader may see one half old and half new, each neighbour of which was right at some time.
/// </summary>
internal sealed unsafe class HnswGraph(int m, ulong seed)
{
    /// <summary>Layers above the lowest that a row can be in; reached by one row in M to this power.</summary>
    public const int MaxLevel = 12;

    private const int Stripes = 1024;

    private readonly SpinLock[] _locks = CreateLocks();
    private readonly List<int[]> _owners = [];
    private readonly double _levelScale = 1 / Math.Log(m);
    private nint[] _blocks = [];
    private int[]?[] _upper = [];

    // Row in the low half, level + 1 in the high one; 0 where there is no row.
    private long _entry;

    /// <summary>Neighbours of a row in the upper layers.</summary>
    public int M => m;

    /// <summary>Decides the layers.</summary>
    public ulong Seed => seed;

    /// <summary>Held while a row is added that is above all others.</summary>
    public Lock Top { get; } = new();

    /// <summary>Rows that there is room for.</summary>
    public int Capacity => Volatile.Read(ref _upper).Length;

    /// <summary>Where searches begin, and its level; row -1 where the graph is empty.</summary>
    public (int Row, int Level) Entry
    {
        get
        {
            long entry = Volatile.Read(ref _entry);
            return entry == 0 ? (-1, 0) : ((int)(uint)entry, (int)(entry >> 32) - 1);
        }
        set => Volatile.Write(ref _entry, value.Row < 0 ? 0 : ((long)(value.Level + 1) << 32) | (uint)value.Row);
    }

    /// <summary>The most neighbours of a layer.</summary>
    public int MostLinks(int level) => level == 0 ? 2 * m : m;

    /// <summary>The layer up to which a new row goes: exponential with mean 1 / ln M, from the row's number and the seed.</summary>
    public int DrawLevel(int row)
    {
        // SplitMix64 (Steele, Lea and Flood 2014).
        ulong x = seed + ((ulong)(uint)row * 0x9E3779B97F4A7C15);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        x ^= x >> 31;
        double uniform = ((x >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min(MaxLevel, (int)(-Math.Log(uniform) * _levelScale));
    }

    /// <summary>The layer up to which a row goes.</summary>
    public int Level(int row) => Volatile.Read(ref _upper)[row] is { } lists ? lists.Length / (m + 1) : 0;

    /// <summary>Makes room for rows, without links. Not to be called while rows are added or taken out.</summary>
    public void Reserve(int rows)
    {
        int stride = (2 * m) + 1, blocks = (rows + RowStore.BlockRows - 1) >> RowStore.BlockBits;
        if (blocks > _blocks.Length)
        {
            nint[] table = _blocks;
            int first = table.Length;
            Array.Resize(ref table, blocks);
            for (int i = first; i < blocks; i++)
            {
                int[] block = GC.AllocateArray<int>(stride << RowStore.BlockBits, pinned: true);
                _owners.Add(block);
                fixed (int* start = block)
                {
                    table[i] = (nint)start;
                }
            }

            Volatile.Write(ref _blocks, table);
        }

        if (rows > _upper.Length)
        {
            int[]?[] upper = _upper;
            Array.Resize(ref upper, Math.Max(rows, blocks << RowStore.BlockBits));
            Volatile.Write(ref _upper, upper);
        }
    }

    /// <summary>Puts a row into its layers, without neighbours yet.</summary>
    public void SetLevel(int row, int level) => _upper[row] = level == 0 ? null : new int[level * (m + 1)];

    /// <summary>A row's list in a layer: the count, then the neighbours. Empty where the row is not in that layer.</summary>
    public Span<int> List(int row, int level)
    {
        if (level == 0)
        {
            int stride = (2 * m) + 1;
            return new((int*)_blocks[row >> RowStore.BlockBits] + ((row & (RowStore.BlockRows - 1)) * stride), stride);
        }

        int[]? lists = Volatile.Read(ref _upper)[row];
        int start = (level - 1) * (m + 1);
        return lists is null || start >= lists.Length ? [] : lists.AsSpan(start, m + 1);
    }

    /// <summary>A row's neighbours in a layer, as they are just now.</summary>
    public ReadOnlySpan<int> Links(int row, int level)
    {
        Span<int> list = List(row, level);
        return list.IsEmpty ? [] : list.Slice(1, Math.Clamp(Volatile.Read(ref list[0]), 0, list.Length - 1));
    }

    /// <summary>Replaces a row's neighbours in a layer. The caller holds the row's lock or is the only one to write.</summary>
    public void SetLinks(int row, int level, ReadOnlySpan<int> links)
    {
        Span<int> list = List(row, level);
        links.CopyTo(list[1..]);
        Volatile.Write(ref list[0], links.Length);
    }

    /// <summary>Takes the row's lock.</summary>
    public ref SpinLock LockOf(int row) => ref _locks[row & (Stripes - 1)];

    private static SpinLock[] CreateLocks()
    {
        SpinLock[] locks = new SpinLock[Stripes];
        Array.Fill(locks, new SpinLock(enableThreadOwnerTracking: false));
        return locks;
    }
}
