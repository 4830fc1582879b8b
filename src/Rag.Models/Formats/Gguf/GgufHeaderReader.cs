using System.Globalization;
using System.Numerics;
using Rag.Models.Formats.Gguf.Blocks;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// Reads and checks what precedes the data of a GGUF file (ggml, docs/gguf.md): magic, version, counts, metadata, and the
/// descriptions of the tensors.
/// </summary>
internal sealed class GgufHeaderReader(GgufReader reader)
{
    private const string AlignmentKey = "general.alignment";
    private const int DefaultAlignment = 32;
    private const int MaxKeyBytes = 65_535;
    private const int MaxNameBytes = 4096;
    private const int MaxDimensions = 4;

    // Key length, type and a value of one byte; name length, dimension count, type and offset.
    private const int LeastEntryBytes = 8 + 4 + 1;
    private const int LeastTensorBytes = 8 + 4 + 4 + 8;

    private readonly Dictionary<string, GgufEntry> _entries = new(StringComparer.Ordinal);

    public int Version { get; private set; }

    public int Alignment { get; private set; } = DefaultAlignment;

    /// <summary>Where the metadata and the descriptions end.</summary>
    public long HeaderBytes { get; private set; }

    public IReadOnlyDictionary<string, GgufEntry> Entries => _entries;

    public List<GgufTensorInfo> Read()
    {
        ReadMagic();
        ReadVersion();
        long tensors = reader.Count("tensor_count", LeastTensorBytes, "tensors");
        long entries = reader.Count("metadata_kv_count", LeastEntryBytes, "metadata entries");
        for (long i = 0; i < entries; i++)
        {
            ReadEntry(i);
        }

        ReadAlignment();
        List<PendingTensor> pending = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (long i = 0; i < tensors; i++)
        {
            pending.Add(ReadTensor(i, names));
        }

        HeaderBytes = reader.Position;
        return Place(pending);
    }

    private void ReadMagic()
    {
        for (int i = 0; i < 4; i++)
        {
            if (reader.Byte("the magic number") != "GGUF"u8[i])
            {
                throw reader.Corrupt("the magic number", 0, "is not 'GGUF'; this is no GGUF file");
            }
        }
    }

    // A version that has only its upper bytes set is one that was written in the other byte order.
    private void ReadVersion()
    {
        const string Field = "the version";
        long at = reader.Position;
        uint version = reader.UInt32(Field);
        if ((version & 0xFFFF) == 0 && version != 0)
        {
            reader.BigEndian = true;
            reader.Position = at;
            version = reader.UInt32(Field);
        }

        Version = version is 2 or 3
            ? (int)version
            : throw reader.Unsupported(Field, at, $"is {version}; versions 2 and 3 are supported" + (version == 1 ? ", convert the model again with a current tool" : ""));
    }

    private void ReadEntry(long index)
    {
        long at = reader.Position;
        string key = reader.Text(string.Create(CultureInfo.InvariantCulture, $"the metadata key {index}"), MaxKeyBytes);
        string field = $"the metadata value '{Shorten(key)}'";
        GgufValueType type = GgufValues.Type(reader, field);
        if (!_entries.TryAdd(key, new GgufEntry(key, type, reader.Position)))
        {
            throw reader.Corrupt($"the metadata key '{Shorten(key)}'", at, "occurs twice");
        }

        GgufValues.Walk(reader, type, field);
    }

    private void ReadAlignment()
    {
        if (!_entries.TryGetValue(AlignmentKey, out GgufEntry entry))
        {
            return;
        }

        if (entry.Type != GgufValueType.UInt32)
        {
            throw reader.Corrupt(AlignmentKey, entry.Offset, $"is a {entry.Type}; a UInt32 is required");
        }

        long after = reader.Position;
        reader.Position = entry.Offset;
        uint alignment = reader.UInt32(AlignmentKey);
        reader.Position = after;
        Alignment = BitOperations.IsPow2(alignment) && alignment <= int.MaxValue
            ? (int)alignment
            : throw reader.Corrupt(AlignmentKey, entry.Offset, $"is {alignment}; a power of two up to 2^30 is required");
    }

    private PendingTensor ReadTensor(long index, HashSet<string> names)
    {
        long at = reader.Position;
        string name = reader.Text(string.Create(CultureInfo.InvariantCulture, $"the name of tensor {index}"), MaxNameBytes);
        string quoted = $"tensor '{Shorten(name)}'";
        if (!names.Add(name))
        {
            throw reader.Corrupt($"the name of {quoted}", at, "occurs twice");
        }

        at = reader.Position;
        uint rank = reader.UInt32($"the dimension count of {quoted}");
        if (rank > MaxDimensions)
        {
            throw reader.Corrupt($"the dimension count of {quoted}", at, $"is {rank}; the format allows {MaxDimensions}");
        }

        at = reader.Position;
        long[] shape = new long[(int)rank];
        UInt128 elements = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            long dimensionAt = reader.Position;
            ulong dimension = reader.UInt64($"a dimension of {quoted}");
            shape[i] = dimension <= long.MaxValue ? (long)dimension : throw reader.Corrupt($"a dimension of {quoted}", dimensionAt, $"is {dimension}, more than 2^63 - 1");
            elements = UInt128.Min(elements * dimension, (UInt128)1 << 64);
        }

        long typeAt = reader.Position;
        uint type = reader.UInt32($"the type of {quoted}");
        BlockFormat format = BlockFormats.Find(type) ?? throw reader.Unsupported($"the type of {quoted}", typeAt, $"is {type}, {BlockFormats.Unread(type)}");
        long row = shape.Length == 0 ? 1 : shape[^1];
        if (row % format.Values != 0)
        {
            throw reader.Corrupt($"the shape {TensorInfo.DescribeShape(shape)} of {quoted}", at, $"has rows of {row}, which blocks of {format.Values} ({format.Name}) do not divide");
        }

        UInt128 bytes = elements / (ulong)format.Values * (ulong)format.Bytes;
        if (bytes > (ulong)reader.Length)
        {
            throw reader.Corrupt($"the shape {TensorInfo.DescribeShape(shape)} of {quoted}", at, $"needs more {format.Name} data than the file's {reader.Length} bytes");
        }

        long offsetAt = reader.Position;
        ulong offset = reader.UInt64($"the offset of {quoted}");
        return new PendingTensor(name, shape, format, (long)bytes, offset, offsetAt);
    }

    private List<GgufTensorInfo> Place(List<PendingTensor> pending)
    {
        long dataStart = checked((HeaderBytes + Alignment - 1) / Alignment * Alignment);
        long data = Math.Max(0, reader.Length - dataStart);
        foreach (PendingTensor tensor in pending)
        {
            string field = $"the offset of tensor '{Shorten(tensor.Name)}'";
            if (tensor.Offset % (ulong)Alignment != 0)
            {
                throw reader.Corrupt(field, tensor.OffsetAt, $"is {tensor.Offset}, no multiple of the alignment {Alignment}");
            }

            if (tensor.Bytes > data || tensor.Offset > (ulong)(data - tensor.Bytes))
            {
                throw reader.Corrupt(field, tensor.OffsetAt, $"is {tensor.Offset}: its {tensor.Bytes} bytes end past the end of the file, whose data begins at {dataStart} and has {data} bytes");
            }
        }

        CheckOverlaps(pending);
        return
        [
            .. pending.Select(tensor => new GgufTensorInfo
            {
                Name = tensor.Name, Shape = tensor.Shape, Format = tensor.Format, FilePath = reader.Path, Offset = dataStart + (long)tensor.Offset, Length = tensor.Bytes,
            }),
        ];
    }

    private void CheckOverlaps(List<PendingTensor> pending)
    {
        PendingTensor? before = null;
        foreach (PendingTensor tensor in pending.Where(tensor => tensor.Bytes > 0).OrderBy(tensor => tensor.Offset))
        {
            if (before is not null && tensor.Offset < before.Offset + (ulong)before.Bytes)
            {
                throw reader.Corrupt($"the offset of tensor '{Shorten(tensor.Name)}'", tensor.OffsetAt, $"is {tensor.Offset}, within the tensor '{Shorten(before.Name)}'");
            }

            before = tensor;
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private sealed record PendingTensor(string Name, long[] Shape, BlockFormat Format, long Bytes, ulong Offset, long OffsetAt);
}
