using System.Buffers.Binary;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Writes SentencePiece .model files for tests.</summary>
internal sealed class ModelWriter
{
    private readonly List<byte> _content = [];

    public static byte[] Model(IEnumerable<(string Piece, float Score, PieceKind Kind)> pieces, int type, byte[]? rules = null, bool tidy = true)
    {
        var model = new ModelWriter();
        foreach ((string piece, float score, PieceKind kind) in pieces)
        {
            model.Field(1, new ModelWriter().Field(1, System.Text.Encoding.UTF8.GetBytes(piece)).Field(2, score).Field(3, (ulong)kind).ToArray());
        }

        model.Field(2, new ModelWriter().Field(3, (ulong)type).ToArray());
        return model.Field(3, new ModelWriter().Field(2, rules ?? []).Field(4, tidy ? 1UL : 0).ToArray()).ToArray();
    }

    public ModelWriter Field(int number, ulong value)
    {
        Varint((ulong)number << 3);
        Varint(value);
        return this;
    }

    public ModelWriter Field(int number, float value)
    {
        Varint(((ulong)number << 3) | 5);
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _content.AddRange(bytes);
        return this;
    }

    public ModelWriter Field(int number, byte[] value)
    {
        Varint(((ulong)number << 3) | 2);
        Varint((ulong)value.Length);
        _content.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. _content];

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _content.Add((byte)(value | 0x80));
        }

        _content.Add((byte)value);
    }
}
