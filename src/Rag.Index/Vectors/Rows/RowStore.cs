using Rag.Index.Vectors.Caching;

namespace Rag.Index.Vectors.Rows;

/// <summary>
/// Rows in blocks of 1,024 that never move, so that adding rows copies none and readers need no lock: on the pinned heap, or in a
/// mapped file. Rows are written by one thread before anyone is told of them.
/// </summary>
internal sealed unsafe class RowStore(RowFormat format)
{
    /// <summary>Rows of a block, as a power of two.</summary>
    public const int BlockBits = 10;

    public const int BlockRows = 1 << BlockBits;

    private const int Alignment = 64;

    private readonly nint _stride = format.Stride;
    private readonly List<object> _owners = [];
    private volatile nint[] _blocks = [];

    /// <summary>How the rows lie.</summary>
    public RowFormat Format => format;

    /// <summary>Rows that there is room for.</summary>
    public int Capacity => _blocks.Length << BlockBits;

    /// <summary>Where a row is.</summary>
    public byte* this[int row] => (byte*)_blocks[row >> BlockBits] + ((row & (BlockRows - 1)) * _stride);

    /// <summary>A row's bytes.</summary>
    public Span<byte> Row(int row) => new(this[row], (int)_stride);

    /// <summary>Makes room.</summary>
    public void Reserve(int rows)
    {
        int blocks = (rows + BlockRows - 1) >> BlockBits;
        nint[] table = _blocks;
        if (blocks <= table.Length)
        {
            return;
        }

        int first = table.Length;
        Array.Resize(ref table, blocks);
        for (int i = first; i < blocks; i++)
        {
            byte[] block = GC.AllocateUninitializedArray<byte>(checked((format.Stride << BlockBits) + Alignment), pinned: true);
            _owners.Add(block);
            fixed (byte* start = block)
            {
                table[i] = ((nint)start + Alignment - 1) & ~(Alignment - 1);
            }
        }

        _blocks = table;
    }

    /// <summary>Rows of a mapped file; the last block is copied, so that rows can be added to it.</summary>
    /// <param name="format">How the rows lie.</param>
    /// <param name="map">Keeps them mapped while this lives.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">How many.</param>
    public static RowStore Map(RowFormat format, MappedFile map, byte* start, int rows)
    {
        RowStore store = new(format);
        int whole = rows >> BlockBits;
        nint[] table = new nint[whole];
        for (int i = 0; i < whole; i++)
        {
            table[i] = (nint)start + ((nint)i * (format.Stride << BlockBits));
        }

        store._blocks = table;
        store._owners.Add(map);
        store.Reserve(rows);
        for (int row = whole << BlockBits; row < rows; row++)
        {
            new ReadOnlySpan<byte>(start + ((nint)row * format.Stride), format.Stride).CopyTo(store.Row(row));
        }

        return store;
    }
}
