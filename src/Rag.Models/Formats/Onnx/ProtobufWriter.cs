using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Rag.Models.Formats.Onnx;

/// <summary>Writes protocol buffer fields (protobuf.dev, "Encoding"): varints, 32-bit floats, length-delimited bytes.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Int64(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
    }

    public void Single(int field, float value)
    {
        Tag(field, 5);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, 2);
        Varint((ulong)value.Length);
        _buffer.Write(value);
    }

    public void Message(int field, Action<ProtobufWriter> write)
    {
        ProtobufWriter inner = new();
        write(inner);
        Bytes(field, inner.Written);
    }

    public void PackedInt64(int field, ReadOnlySpan<long> values)
    {
        ProtobufWriter inner = new();
        foreach (long value in values)
        {
            inner.Varint((ulong)value);
        }

        Bytes(field, inner.Written);
    }

    public void Raw(ReadOnlySpan<byte> fields) => _buffer.Write(fields);

    private void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private void Varint(ulong value)
    {
        Span<byte> span = _buffer.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
