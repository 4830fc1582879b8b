using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;

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
internal sealed record LatentTensor(string Name, GgufFile KeyFile, GgufTensorInfo Keys, GgufFile ValueFile, GgufTensorInfo Values)
{
    private long Heads => Keys.Shape[0];

    private long Latent => Keys.Shape[1];

    /// <summary>Whether the halves fit each other.</summary>
    public bool Fits => Keys.Shape.Count == 3 && Values.Shape.Count == 3 && Values.Shape[0] == Heads && Values.Shape[2] == Latent
        && Keys.Format.Decode is not null && Values.Format.Decode is not null
        && Math.Max(Latent * Keys.Shape[2], Latent * Values.Shape[1]) is > 0 and <= 1 << 26;

    /// <summary>The tensor for a writer.</summary>
    public StreamedTensor ToStreamed()
    {
        long rows = Heads * (Keys.Shape[2] + Values.Shape[1]);
        return new StreamedTensor(Name, TensorDataType.Float32, [rows, Latent], checked(rows * Latent * sizeof(float)), Write);
    }

    private void Write(Stream stream)
    {
        (int latent, int key) = ((int)Latent, (int)Keys.Shape[2]);
        float[] keys = new float[latent * key];
        float[] values = new float[(int)Values.Shape[1] * latent];
        byte[] row = new byte[latent * sizeof(float)];
        for (long head = 0; head < Heads; head++)
        {
            KeyFile.ReadSingles(Keys, keys, head * keys.Length);
            for (int i = 0; i < key; i++)
            {
                for (int j = 0; j < latent; j++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(j * sizeof(float)), keys[(j * key) + i]);
                }

                stream.Write(row);
            }

            ValueFile.ReadSingles(Values, values, head * values.Length);
            for (int i = 0; i < values.Length; i += latent)
            {
                for (int j = 0; j < latent; j++)
                {
                    BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(j * sizeof(float)), values[i + j]);
                }

                stream.Write(row);
            }
        }
    }
}
