namespace Rag.Models.Formats.Gguf;

/// <summary>Reads metadata values, or walks over them.</summary>
internal static class GgufValues
{
    // The format allows arrays within arrays; a bound keeps a hostile file from exhausting the stack.
    private const int MaxDepth = 16;
    private const int LengthBytes = 8;
    private const int ArrayHeadBytes = 4 + LengthBytes;

    public static GgufValueType Type(GgufReader reader, string field)
    {
        long at = reader.Position;
        uint type = reader.UInt32(field);
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw reader.Unsupported(field, at, $"is {type}, an unknown type of value; a file of a later version?");
    }

    /// <summary>Bytes of a value of fixed size; the least that one of another can have.</summary>
    public static int LeastBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.Array => ArrayHeadBytes,
        _ => LengthBytes,
    };

    /// <summary>Passes over a value, checking every length and every boolean on the way.</summary>
    public static void Walk(GgufReader reader, GgufValueType type, string field, int depth = 0)
    {
        switch (type)
        {
            case GgufValueType.Boolean:
                _ = Boolean(reader, field);
                break;
            case GgufValueType.Text:
                reader.Skip(reader.Count(field, 1, "bytes of text"), field);
                break;
            case GgufValueType.Array:
                WalkArray(reader, field, depth + 1);
                break;
            default:
                reader.Skip(LeastBytes(type), field);
                break;
        }
    }

    /// <summary>Reads a value: a number of its own type, a bool, a string, or an object?[] of those.</summary>
    public static object Read(GgufReader reader, GgufValueType type, string field) => type switch
    {
        GgufValueType.UInt8 => reader.Byte(field),
        GgufValueType.Int8 => (sbyte)reader.Byte(field),
        GgufValueType.UInt16 => reader.UInt16(field),
        GgufValueType.Int16 => (short)reader.UInt16(field),
        GgufValueType.UInt32 => reader.UInt32(field),
        GgufValueType.Int32 => (int)reader.UInt32(field),
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(reader.UInt32(field)),
        GgufValueType.Boolean => Boolean(reader, field),
        GgufValueType.Text => reader.Text(field),
        GgufValueType.UInt64 => reader.UInt64(field),
        GgufValueType.Int64 => (long)reader.UInt64(field),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(reader.UInt64(field)),
        _ => ReadArray(reader, field),
    };

    /// <summary>The type and number of an array's elements, after which the reader stands at the first.</summary>
    public static (GgufValueType Type, long Count) ArrayHead(GgufReader reader, string field)
    {
        GgufValueType type = Type(reader, field);
        return (type, reader.Count(field, LeastBytes(type), "elements"));
    }

    private static object[] ReadArray(GgufReader reader, string field)
    {
        (GgufValueType type, long count) = ArrayHead(reader, field);
        object[] values = new object[checked((int)count)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(reader, type, field);
        }

        return values;
    }

    private static void WalkArray(GgufReader reader, string field, int depth)
    {
        long at = reader.Position;
        (GgufValueType type, long count) = ArrayHead(reader, field);
        if (depth > MaxDepth)
        {
            throw reader.Corrupt(field, at, $"nests arrays more than {MaxDepth} deep");
        }

        if (type is not (GgufValueType.Boolean or GgufValueType.Text or GgufValueType.Array))
        {
            reader.Skip(count * LeastBytes(type), field);
            return;
        }

        for (long i = 0; i < count; i++)
        {
            Walk(reader, type, field, depth);
        }
    }

    private static bool Boolean(GgufReader reader, string field)
    {
        long at = reader.Position;
        byte value = reader.Byte(field);
        return value <= 1 ? value == 1 : throw reader.Corrupt(field, at, $"is a boolean of value {value}; 0 and 1 are allowed");
    }
}
