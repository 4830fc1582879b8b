namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Key-value metadata of a GGUF file, enough for the vocabularies here (ggml, docs/gguf.md).</summary>
internal static class GgufMetadata
{
    public static Dictionary<string, object> Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        Assert.Equal("GGUF"u8.ToArray(), reader.ReadBytes(4));
        reader.ReadInt32();
        reader.ReadInt64();
        long count = reader.ReadInt64();
        Dictionary<string, object> values = [];
        for (long i = 0; i < count; i++)
        {
            values[Text(reader)] = Value(reader, reader.ReadInt32());
        }

        return values;
    }

    private static string Text(BinaryReader reader) => System.Text.Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadInt64()));

    private static object Value(BinaryReader reader, int type) => type switch
    {
        0 => reader.ReadByte(),
        1 => reader.ReadSByte(),
        2 => reader.ReadUInt16(),
        3 => reader.ReadInt16(),
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadByte() != 0,
        8 => Text(reader),
        9 => Array(reader),
        10 => reader.ReadUInt64(),
        11 => reader.ReadInt64(),
        12 => reader.ReadDouble(),
        _ => throw new InvalidDataException(),
    };

    private static object[] Array(BinaryReader reader)
    {
        int type = reader.ReadInt32();
        var items = new object[reader.ReadInt64()];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Value(reader, type);
        }

        return items;
    }
}
