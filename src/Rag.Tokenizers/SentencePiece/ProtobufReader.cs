using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.SentencePiece;

/// <summary>Walks the fields of one Protocol Buffers message (protobuf.dev/programming-guides/encoding). Every length is checked before it is used.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, long origin, string location)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;
    private int _wire;
    private ulong _number;
    private int _start;
    private int _length;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    private readonly long Offset => origin + _at;

    /// <summary>Steps to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at == _message.Length)
        {
            return false;
        }

        ulong key = Varint();
        Field = key >> 3 is > 0 and <= 536_870_911 ? (int)(key >> 3) : throw Corrupt("has a field without a sound number");
        _wire = (int)(key & 7);
        switch (_wire)
        {
            case 0:
                _number = Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                ulong length = Varint();
                Take(length <= int.MaxValue ? (int)length : throw Corrupt("has a field longer than the file"));
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Corrupt(string.Create(CultureInfo.InvariantCulture, $"has a field of wire type {_wire}"));
        }

        return true;
    }

    public readonly bool Bool() => Number() != 0;

    public readonly int Int() => unchecked((int)Number());

    public readonly float Float() => _wire == 5 ? BinaryPrimitives.ReadSingleLittleEndian(_message[_start..]) : throw WrongType();

    public readonly ReadOnlySpan<byte> Bytes() => _wire == 2 ? _message.Slice(_start, _length) : throw WrongType();

    public readonly ProtobufReader Message() => new(Bytes(), origin + _start, location);

    public readonly string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new CorruptException($"{location} holds text that is not valid UTF-8.", location, origin + _start, e);
        }
    }

    public readonly CorruptException Corrupt(string fault) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{location} is not a sound SentencePiece model: at byte {Offset} it {fault}."), location, Offset);

    private readonly ulong Number() => _wire == 0 ? _number : throw WrongType();

    private readonly CorruptException WrongType() => Corrupt(string.Create(CultureInfo.InvariantCulture, $"has field {Field} with wire type {_wire}"));

    private void Take(int length)
    {
        if (length > _message.Length - _at)
        {
            throw Corrupt(string.Create(CultureInfo.InvariantCulture, $"promises {length} bytes where {_message.Length - _at} are left"));
        }

        _start = _at;
        _length = length;
        _at += length;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at == _message.Length)
            {
                throw Corrupt("ends within a number");
            }

            byte b = _message[_at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Corrupt("has a number of more than ten bytes");
    }
}
