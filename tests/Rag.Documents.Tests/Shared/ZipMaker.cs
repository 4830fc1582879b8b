using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rag.Documents.Tests;

/// <summary>Makes zip archives byte by byte, so that they can lie.</summary>
internal sealed class ZipMaker
{
    private readonly List<byte> _body = [];
    private readonly List<byte> _directory = [];
    private int _count;

    public ZipMaker Add(string name, byte[] content, long? declaredLength = null, uint? crc = null, ushort flags = 0, ushort method = 8)
    {
        return AddPacked(name, method == 0 ? content : Deflate(content), declaredLength ?? content.Length, crc ?? Crc32.Append(0, content), flags, method);
    }

    public ZipMaker AddPacked(string name, byte[] packed, long declaredLength, uint sum = 0, ushort flags = 0, ushort method = 8)
    {
        byte[] title = Encoding.UTF8.GetBytes(name);
        uint length = (uint)declaredLength;
        uint offset = (uint)_body.Count;
        var local = new byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(local, 0x04034b50);
        Common(local.AsSpan(4), flags, method, sum, (uint)packed.Length, length, (ushort)title.Length);
        _body.AddRange(local);
        _body.AddRange(title);
        _body.AddRange(packed);
        var central = new byte[46];
        BinaryPrimitives.WriteUInt32LittleEndian(central, 0x02014b50);
        Common(central.AsSpan(6), flags, method, sum, (uint)packed.Length, length, (ushort)title.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(central.AsSpan(42), offset);
        _directory.AddRange(central);
        _directory.AddRange(title);
        _count++;
        return this;
    }

    public ZipMaker Add(string name, string content) => Add(name, Encoding.UTF8.GetBytes(content));

    public byte[] ToArray()
    {
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)Math.Min(_count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)Math.Min(_count, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)_directory.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)_body.Count);
        return [.. _body, .. _directory, .. end];
    }

    private static void Common(Span<byte> at, ushort flags, ushort method, uint crc, uint packed, uint length, ushort title)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(at[4..], method);
        BinaryPrimitives.WriteUInt32LittleEndian(at[10..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(at[14..], packed);
        BinaryPrimitives.WriteUInt32LittleEndian(at[18..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], title);
    }

    private static byte[] Deflate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return packed.ToArray();
    }
}
