using System.Buffers.Binary;
using System.Text;

namespace Rag.Tests.Support;

/// <summary>Writes GGUF files of version 2 or 3 in either byte order, for tests.</summary>
internal sealed class GgufWriter(bool bigEndian = false, uint version = 3, int alignment = 32)
{
    private readonly List<Action<Stream>> _entries = [];
    private readonly List<(string Name, long[] Shape, uint Type, byte[] Data)> _tensors = [];

    /// <summary>Adds a value: a number, bool, string, or an array of one of those or of arrays.</summary>
    public GgufWriter Add(string key, object value)
    {
        _entries.Add(stream =>
        {
            Text(stream, key);
            Number(stream, TypeOf(value), 4);
            Value(stream, value);
        });
        return this;
    }

    /// <summary>Adds a tensor; its shape outermost first, its bytes in the byte order of the file.</summary>
    public GgufWriter AddTensor(string name, long[] shape, uint type, byte[] data)
    {
        _tensors.Add((name, shape, type, data));
        return this;
    }

    /// <summary>Adds a tensor in single precision.</summary>
    public GgufWriter AddSingles(string name, long[] shape, float[] values)
    {
        byte[] data = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (bigEndian)
            {
                BinaryPrimitives.WriteSingleBigEndian(data.AsSpan(4 * i), values[i]);
            }
            else
            {
                BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), values[i]);
            }
        }

        return AddTensor(name, shape, 0, data);
    }

    public void Write(string path)
    {
        if (alignment != 32)
        {
            Add("general.alignment", (uint)alignment);
        }

        using MemoryStream file = new();
        file.Write("GGUF"u8);
        Number(file, version, 4);
        Number(file, (ulong)_tensors.Count, 8);
        Number(file, (ulong)_entries.Count, 8);
        _entries.ForEach(write => write(file));
        long offset = 0;
        foreach ((string name, long[] shape, uint type, byte[] data) in _tensors)
        {
            Text(file, name);
            Number(file, (ulong)shape.Length, 4);
            foreach (long dimension in shape.Reverse())
            {
                Number(file, (ulong)dimension, 8);
            }

            Number(file, type, 4);
            Number(file, (ulong)offset, 8);
            offset += Padded(data.Length);
        }

        file.SetLength(file.Position = Padded(file.Length));
        foreach ((_, _, _, byte[] data) in _tensors)
        {
            file.Write(data);
            file.SetLength(file.Position = Padded(file.Length));
        }

        File.WriteAllBytes(path, file.ToArray());
    }

    private long Padded(long length) => (length + alignment - 1) / alignment * alignment;

    private static ulong TypeOf(object value) => value switch
    {
        byte => 0, sbyte => 1, ushort => 2, short => 3, uint => 4, int => 5, float => 6, bool => 7, string => 8, Array => 9, ulong => 10, long => 11, double => 12,
        _ => throw new ArgumentException($"{value.GetType()} has no type in GGUF."),
    };

    private void Value(Stream stream, object value)
    {
        switch (value)
        {
            case string text:
                Text(stream, text);
                break;
            case Array array:
                Number(stream, array.Length == 0 ? 4 : TypeOf(array.GetValue(0)!), 4);
                Number(stream, (ulong)array.Length, 8);
                foreach (object item in array)
                {
                    Value(stream, item);
                }

                break;
            case float number:
                Number(stream, BitConverter.SingleToUInt32Bits(number), 4);
                break;
            case double number:
                Number(stream, BitConverter.DoubleToUInt64Bits(number), 8);
                break;
            case bool flag:
                Number(stream, flag ? 1u : 0, 1);
                break;
            case ulong number:
                Number(stream, number, 8);
                break;
            default:
                int width = value is byte or sbyte ? 1 : value is ushort or short ? 2 : value is uint or int ? 4 : 8;
                Number(stream, unchecked((ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)), width);
                break;
        }
    }

    private void Text(Stream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(stream, (ulong)bytes.Length, 8);
        stream.Write(bytes);
    }

    private void Number(Stream stream, ulong value, int width)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes = bytes[..width];
        if (bigEndian)
        {
            bytes.Reverse();
        }

        stream.Write(bytes);
    }
}
