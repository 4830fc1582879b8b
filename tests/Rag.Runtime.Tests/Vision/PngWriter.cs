using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rag.Runtime.Tests.Vision;

/// <summary>Writes PNG files for tests: any samples, any filters, in one piece or interlaced; a reader's counterpart, written apart from it.</summary>
internal sealed class PngWriter(int width, int height, int depth, int color)
{
    private static readonly int[][] Adam7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

    public static readonly (int Depth, int Color)[] Kinds =
        [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2), (1, 3), (2, 3), (4, 3), (8, 3), (8, 4), (16, 4), (8, 6), (16, 6)];

    public int Samples => color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public byte[]? Palette { get; init; }

    public byte[]? Transparency { get; init; }

    public bool Interlaced { get; init; }

    /// <summary>The filter of each row, in turn.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [0];

    /// <summary>Bytes of an IDAT chunk.</summary>
    public int ChunkBytes { get; init; } = 50;

    /// <param name="samples">[height, width, samples], each below 2^depth.</param>
    public byte[] Write(int[] samples)
    {
        using MemoryStream raw = new();
        int row = 0;
        foreach (int[] pass in Interlaced ? Adam7 : [[0, 0, 1, 1]])
        {
            byte[]? above = null;
            for (int y = pass[1]; y < height && pass[0] < width; y += pass[3])
            {
                List<int> values = [];
                for (int x = pass[0]; x < width; x += pass[2])
                {
                    values.AddRange(samples.AsSpan(((y * width) + x) * Samples, Samples));
                }

                byte[] packed = Pack(values);
                int filter = Filters[row++ % Filters.Count];
                raw.WriteByte((byte)filter);
                raw.Write(Filter(filter, packed, above ?? new byte[packed.Length], Math.Max(1, Samples * depth / 8)));
                above = packed;
            }
        }

        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(raw.ToArray());
        }

        return Write(compressed.ToArray());
    }

    /// <summary>A file around compressed pixels.</summary>
    public byte[] Write(ReadOnlySpan<byte> compressed)
    {
        using MemoryStream file = new();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)color, (byte)(Interlaced ? 1 : 0));
        Chunk(file, "IHDR", header);
        Chunk(file, "tEXt", "Comment\0left aside"u8);
        if (Palette is not null)
        {
            Chunk(file, "PLTE", Palette);
        }

        if (Transparency is not null)
        {
            Chunk(file, "tRNS", Transparency);
        }

        for (int at = 0; at < compressed.Length; at += ChunkBytes)
        {
            Chunk(file, "IDAT", compressed.Slice(at, Math.Min(ChunkBytes, compressed.Length - at)));
        }

        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    public static void Chunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Check(body));
        file.Write(number);
    }

    /// <summary>CRC-32, bit by bit.</summary>
    public static uint Check(ReadOnlySpan<byte> bytes)
    {
        uint value = uint.MaxValue;
        foreach (byte b in bytes)
        {
            value ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320u);
            }
        }

        return ~value;
    }

    private byte[] Pack(List<int> values)
    {
        byte[] row = new byte[((values.Count * depth) + 7) / 8];
        for (int i = 0; i < values.Count; i++)
        {
            if (depth == 16)
            {
                (row[2 * i], row[(2 * i) + 1]) = ((byte)(values[i] >> 8), (byte)values[i]);
            }
            else
            {
                row[i * depth / 8] |= (byte)(values[i] << (8 - depth - (i * depth % 8)));
            }
        }

        return row;
    }

    private static byte[] Filter(int filter, byte[] row, byte[] above, int step) =>
    [
        .. row.Select((value, i) =>
        {
            int left = i < step ? 0 : row[i - step], up = above[i], corner = i < step ? 0 : above[i - step];
            int estimate = left + up - corner;
            int[] near = [left, up, corner];
            return (byte)(value - filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => near.MinBy(candidate => Math.Abs(estimate - candidate)),
            });
        }),
    ];
}
