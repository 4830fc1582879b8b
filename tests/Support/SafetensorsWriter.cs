using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Rag.Tests.Support;

/// <summary>Writes small safetensors files for tests: single-precision tensors, in the order given.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyList<(string Name, long[] Shape, float[] Values)> tensors)
    {
        StringBuilder header = new("{");
        long offset = 0;
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            long end = offset + ((long)values.Length * sizeof(float));
            string dimensions = string.Join(",", shape.Select(d => d.ToString(CultureInfo.InvariantCulture)));
            header.Append(CultureInfo.InvariantCulture, $"{(offset > 0 ? "," : "")}\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{dimensions}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        byte[] json = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        using FileStream file = File.Create(path);
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(word, json.Length);
        file.Write(word);
        file.Write(json);
        foreach ((_, _, float[] values) in tensors)
        {
            foreach (float value in values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(word, value);
                file.Write(word[..sizeof(float)]);
            }
        }
    }
}
