namespace Rag.Models.Formats.Gguf;

/// <summary>Reads metadata values, or walks over them.</summary>
internal static class GgufValues
{
    // The format allows arrays within arrays; a bound keeps a hostile file from exhausting the stack.
    private const int MaxDepth = 16;

    // Far above any vocabulary.
    private const int MaxElements = 1 << 26;
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

    /// <summary>A whole number of any width; null where the value is none, or above 2^63 - 1.</summary>
    public static long? ReadWhole(GgufReader reader, GgufValueType type, string field) => type switch
    {
        GgufValueType.UInt8 => reader.Byte(field),
        GgufValueType.Int8 => (sbyte)reader.Byte(field),
        GgufValueType.UInt16 => reader.UInt16(field),
        GgufValueType.Int16 => (short)reader.UInt16(field),
        GgufValueType.UInt32 => reader.UInt32(field),
        GgufValueType.Int32 => (int)reader.UInt32(field),
        GgufValueType.Int64 => (long)reader.UInt64(field),
        GgufValueType.UInt64 => reader.UInt64(field) is <= long.MaxValue and var value ? (long)value : null,
        _ => null,
    };

    /// <summary>A number of any type; null where the value is none, or not finite.</summary>
    public static double? ReadNumber(GgufReader reader, GgufValueType type, string field)
    {
        double? value = type switch
        {
            GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(reader.UInt32(field)),
            GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(reader.UInt64(field)),
            _ => ReadWhole(reader, type, field),
        };
        return value is { } number && double.IsFinite(number) ? number : null;
    }

    /// <summary>Reads an array with a reader for its elements, which gives null for one of the wrong kind; null where one is.</summary>
    public static T[]? ReadArray<T>(GgufReader reader, string field, Func<GgufReader, GgufValueType, string, T?> element)
        where T : struct
    {
        (GgufValueType type, int count) = BoundedHead(reader, field);
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
        {
            if (element(reader, type, field) is not { } value)
            {
                return null;
            }

            values[i] = value;
        }

        return values;
    }

    /// <summary>Reads an array of texts; null where it is one of others.</summary>
    public static string[]? ReadTexts(GgufReader reader, string field)
    {
        (GgufValueType type, int count) = BoundedHead(reader, field);
        if (type != GgufValueType.Text && count > 0)
        {
            return null;
        }

        string[] values = new string[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = reader.Text(field);
        }

        return values;
    }

    private static object[] ReadArray(GgufReader reader, string field)
    {
        (GgufValueType type, int count) = BoundedHead(reader, field);
        object[] values = new object[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Read(reader, type, field);
        }

        return values;
    }

    private static (GgufValueType Type, int Count) BoundedHead(GgufReader reader, string field)
    {
        long at = reader.Position;
        (GgufValueType type, long count) = ArrayHead(reader, field);
        return count <= MaxElements ? (type, (int)count) : throw reader.Unsupported(field, at, $"has {count} elements; up to {MaxElements} are read");
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
