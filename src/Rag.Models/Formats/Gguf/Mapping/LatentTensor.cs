using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// The one matrix that makes keys and values from latents, [heads * (key + value), latent], from the two that newer files hold:
/// that of the keys, turned, [heads, latent, key], and that of the values, [heads, value, latent].
/// </summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="KeyFile">The file with the keys' half.</param>
/// <param name="Keys">The keys' half.</param>
/// <param name="ValueFile">The file with the values' half.</param>
/// <param name="Values">The values' half.</param>
internal sealed record LatentTensor(string Name, GgufFile KeyFile, GgufTensorInfo Keys, GgufFile ValueFile, GgufTensorInfo Values) : IMappedTensor
{
    private long Heads => Keys.Shape[0];

    private int Latent => (int)Keys.Shape[1];

    private int KeySize => (int)Keys.Shape[2];

    private int ValueSize => (int)Values.Shape[1];

    private long HeadValues => (long)(KeySize + ValueSize) * Latent;

    /// <summary>Whether the halves fit each other.</summary>
    public bool Fits => Keys.Shape.Count == 3 && Values.Shape.Count == 3 && Values.Shape[0] == Heads && Values.Shape[2] == Keys.Shape[1]
        && Keys.Format.Decode is not null && Values.Format.Decode is not null
        && Keys.Shape[1] * Math.Max(Keys.Shape[2], Values.Shape[1]) is > 0 and <= 1 << 26;

    private long[] Shape => [Heads * (KeySize + ValueSize), Latent];

    private long Length => checked(Heads * HeadValues * sizeof(float));

    public StreamedTensor ToStreamed() => new(Name, TensorDataType.Float32, Shape, Length, Write);

    public TensorInfo ToInfo() => new()
    {
        Name = Name,
        DataType = TensorDataType.Float32,
        Shape = Shape,
        FilePath = KeyFile.FilePath,
        Offset = Keys.Offset,
        Length = Length,
    };

    public void ReadBytes(Span<byte> to, long start)
    {
        float[] values = new float[to.Length / sizeof(float)];
        ReadSingles(values, start / sizeof(float));
        WriteTo(to, values);
    }

    public void ReadSingles(Span<float> values, long first)
    {
        float[] whole = new float[HeadValues];
        while (values.Length > 0)
        {
            (long head, long within) = Math.DivRem(first, HeadValues);
            ReadHead(head, whole);
            int count = (int)Math.Min(HeadValues - within, values.Length);
            whole.AsSpan((int)within, count).CopyTo(values);
            values = values[count..];
            first += count;
        }
    }

    // The keys' half is turned, and so is never packed as the product wants it.
    public PackedRows? OpenPacked(bool transposed) => null;

    private void Write(Stream stream)
    {
        float[] values = new float[HeadValues];
        byte[] bytes = new byte[HeadValues * sizeof(float)];
        for (long head = 0; head < Heads; head++)
        {
            ReadHead(head, values);
            WriteTo(bytes, values);
            stream.Write(bytes);
        }
    }

    private void ReadHead(long head, Span<float> to)
    {
        float[] keys = new float[Latent * KeySize];
        KeyFile.ReadSingles(Keys, keys, head * keys.Length);
        for (int i = 0; i < KeySize; i++)
        {
            for (int j = 0; j < Latent; j++)
            {
                to[(i * Latent) + j] = keys[(j * KeySize) + i];
            }
        }

        ValueFile.ReadSingles(Values, to[keys.Length..], head * ValueSize * Latent);
    }

    private static void WriteTo(Span<byte> bytes, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], values[i]);
        }
    }
}
