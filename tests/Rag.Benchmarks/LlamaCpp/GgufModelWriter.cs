using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Benchmarks.LlamaCpp;

/// <summary>Writes a decoder with random weights as GGUF (ggml, docs/gguf.md): matrices in Q4_0, vectors in F32. As slow as a trained one of its sizes.</summary>
internal sealed class GgufModelWriter(PeerShape shape, Stream stream)
{
    private const int Alignment = 32;
    private const int Block = 32;
    private const int BlockBytes = 18;
    private const uint Unsigned = 4, Signed = 5, Single = 6, Text = 8, Array = 9;
    private const uint Float32Type = 0, FourBitType = 2;
    private readonly Random _random = new(1);

    public static void Write(PeerShape shape, string path)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        new GgufModelWriter(shape, stream).Write();
    }

    private void Write()
    {
        List<(string Name, long[] Shape)> tensors = [.. Tensors()];
        stream.Write("GGUF"u8);
        Number(3u);
        Number((ulong)tensors.Count);
        Number(16ul);
        Metadata();
        ulong offset = 0;
        foreach ((string name, long[] dimensions) in tensors)
        {
            String(name);
            Number((uint)dimensions.Length);
            foreach (long dimension in dimensions.Reverse())
            {
                Number((ulong)dimension);
            }

            Number(dimensions.Length == 1 ? Float32Type : FourBitType);
            Number(offset);
            offset += (ulong)Aligned(Length(dimensions));
        }

        Pad();
        foreach ((string name, long[] dimensions) in tensors)
        {
            WriteValues(name, dimensions);
            Pad();
        }
    }

    private IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("token_embd.weight", [shape.Vocabulary, shape.Hidden]);
        yield return ("output_norm.weight", [shape.Hidden]);
        int keys = shape.KeyValueHeads * shape.HeadSize;
        for (int i = 0; i < shape.Layers; i++)
        {
            string layer = FormattableString.Invariant($"blk.{i}.");
            yield return (layer + "attn_norm.weight", [shape.Hidden]);
            yield return (layer + "ffn_norm.weight", [shape.Hidden]);
            foreach ((string part, int rows) in ((string, int)[])[("attn_q", shape.Hidden), ("attn_k", keys), ("attn_v", keys)])
            {
                yield return (layer + part + ".weight", [rows, shape.Hidden]);
                if (shape.Biases)
                {
                    yield return (layer + part + ".bias", [rows]);
                }
            }

            yield return (layer + "attn_output.weight", [shape.Hidden, shape.Hidden]);
            yield return (layer + "ffn_gate.weight", [shape.Intermediate, shape.Hidden]);
            yield return (layer + "ffn_up.weight", [shape.Intermediate, shape.Hidden]);
            yield return (layer + "ffn_down.weight", [shape.Hidden, shape.Intermediate]);
        }
    }

    private void Metadata()
    {
        Entry("general.architecture", shape.Architecture);
        Entry(".context_length", 8192);
        Entry(".embedding_length", shape.Hidden);
        Entry(".block_count", shape.Layers);
        Entry(".feed_forward_length", shape.Intermediate);
        Entry(".attention.head_count", shape.Heads);
        Entry(".attention.head_count_kv", shape.KeyValueHeads);
        Entry(".rope.dimension_count", shape.HeadSize);
        Entry(".rope.freq_base", 100000f);
        Entry(".attention.layer_norm_rms_epsilon", 1e-5f);

        // Words that nobody reads: three of control, the bytes, and numbers.
        Entry("tokenizer.ggml.model", "llama");
        Entry("tokenizer.ggml.bos_token_id", 1);
        Entry("tokenizer.ggml.eos_token_id", 2);
        Begin("tokenizer.ggml.tokens", Text);
        foreach (int i in Enumerable.Range(0, shape.Vocabulary))
        {
            String(i < 3 ? ((string[])["<unk>", "<s>", "</s>"])[i] : i < 259 ? FormattableString.Invariant($"<0x{i - 3:X2}>") : FormattableString.Invariant($"w{i}"));
        }

        Begin("tokenizer.ggml.scores", Single);
        stream.Write(new byte[shape.Vocabulary * sizeof(float)]);
        Begin("tokenizer.ggml.token_type", Signed);
        foreach (int i in Enumerable.Range(0, shape.Vocabulary))
        {
            Number(i == 0 ? 2u : i < 3 ? 3u : i < 259 ? 6u : 1u);
        }
    }

    private void WriteValues(string name, long[] dimensions)
    {
        if (dimensions.Length == 1)
        {
            float[] values = new float[dimensions[0]];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = name.EndsWith("bias", StringComparison.Ordinal) ? (_random.NextSingle() - .5f) / 10 : 1;
            }

            stream.Write(MemoryMarshal.AsBytes<float>(values));
            return;
        }

        // Numbers from -8 to 7 spread by 4.6: the scale gives a row the length 1.
        byte[] row = new byte[dimensions[1] / Block * BlockBytes];
        for (long r = 0; r < dimensions[0]; r++)
        {
            _random.NextBytes(row);
            for (int at = 0; at < row.Length; at += BlockBytes)
            {
                BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan(at), (Half)((.5f + _random.NextSingle()) / (4.6f * MathF.Sqrt(dimensions[1]))));
            }

            stream.Write(row);
        }
    }

    private static long Length(long[] dimensions) => dimensions.Length == 1 ? dimensions[0] * sizeof(float) : dimensions[0] * dimensions[1] / Block * BlockBytes;

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private void Pad() => stream.Write(new byte[Aligned(stream.Position) - stream.Position]);

    private string Key(string key) => key[0] == '.' ? shape.Architecture + key : key;

    private void Entry(string key, string value)
    {
        String(key);
        Number(Text);
        String(value);
    }

    private void Entry(string key, int value)
    {
        String(Key(key));
        Number(Unsigned);
        Number((uint)value);
    }

    private void Entry(string key, float value)
    {
        String(Key(key));
        Number(Single);
        stream.Write(BitConverter.GetBytes(value));
    }

    private void Begin(string key, uint type)
    {
        String(key);
        Number(Array);
        Number(type);
        Number((ulong)shape.Vocabulary);
    }

    private void String(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Number((ulong)bytes.Length);
        stream.Write(bytes);
    }

    private void Number(uint value) => stream.Write(BitConverter.GetBytes(value));

    private void Number(ulong value) => stream.Write(BitConverter.GetBytes(value));
}
