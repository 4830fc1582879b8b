using System.Buffers.Binary;
using System.Text;
using Rag.Documents;

namespace Rag.Index.Storage;

/// <summary>A document's metadata as one blob: how many, then name, type and content of each.</summary>
internal static class MetadataCodec
{
    public static byte[] Encode(DocumentMetadata metadata, uint seed)
    {
        BlobWriter blob = new();
        Span<byte> bits = stackalloc byte[sizeof(long)];
        blob.Number(metadata.Count);
        foreach ((string name, MetadataValue value) in metadata)
        {
            Text(blob, name);
            blob.Number((int)value.Kind);
            switch (value.Kind)
            {
                case MetadataKind.Text:
                    Text(blob, value.Text!);
                    break;
                case MetadataKind.Texts:
                    blob.Number(value.Texts!.Count);
                    foreach (string text in value.Texts)
                    {
                        Text(blob, text);
                    }

                    break;
                default:
                    BinaryPrimitives.WriteInt64LittleEndian(bits, Bits(value));
                    blob.Bytes(bits);
                    break;
            }
        }

        return blob.ToBlob(seed);
    }

    public static DocumentMetadata Decode(byte[] blob, string location, uint seed)
    {
        BlobReader reader = new(blob, location, seed);
        List<KeyValuePair<string, MetadataValue>> values = [];
        try
        {
            for (int left = reader.Count(); left > 0; left--)
            {
                values.Add(new(Text(ref reader), Value(ref reader)));
            }

            return DocumentMetadata.Create(values);
        }
        catch (ArgumentException)
        {
            throw reader.Damaged();
        }
    }

    private static long Bits(MetadataValue value) => value.Kind switch
    {
        MetadataKind.Integer => value.Integer!.Value,
        MetadataKind.Real => BitConverter.DoubleToInt64Bits(value.Real!.Value),
        MetadataKind.Boolean => value.Boolean!.Value ? 1 : 0,
        _ => value.Time!.Value.UtcTicks,
    };

    private static MetadataValue Value(ref BlobReader reader)
    {
        MetadataKind kind = (MetadataKind)reader.Count();
        switch (kind)
        {
            case MetadataKind.Text:
                return Text(ref reader);
            case MetadataKind.Texts:
                List<string> texts = [];
                for (int left = reader.Count(); left > 0; left--)
                {
                    texts.Add(Text(ref reader));
                }

                return MetadataValue.Of(texts);
            default:
                long bits = BinaryPrimitives.ReadInt64LittleEndian(reader.Bytes(sizeof(long)));
                return kind switch
                {
                    MetadataKind.Integer => bits,
                    MetadataKind.Real => BitConverter.Int64BitsToDouble(bits),
                    MetadataKind.Boolean => bits != 0,
                    MetadataKind.Time => new DateTimeOffset(bits, TimeSpan.Zero),
                    _ => throw reader.Damaged(),
                };
        }
    }

    private static void Text(BlobWriter blob, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        blob.Number(bytes.Length);
        blob.Bytes(bytes);
    }

    private static string Text(ref BlobReader reader) => Encoding.UTF8.GetString(reader.Bytes(reader.Count()));
}
