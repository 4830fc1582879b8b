using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation;

/// <summary>
/// Reads llama2.c's model.bin (version 0) and tokenizer.bin and writes them as a model folder. llama2.c rotates pairs
/// (2i, 2i+1), the Hugging Face layout halves (i, i + d/2): rows of q and k are reordered.
/// </summary>
internal static class Llama2cModel
{
    public static void Convert(string modelPath, string tokenizerPath, string folder)
    {
        byte[] bytes = File.ReadAllBytes(modelPath);
        int[] header = [.. Enumerable.Range(0, 7).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i)))];
        (int dim, int hidden, int layers, int heads, int keyValueHeads, int seq) = (header[0], header[1], header[2], header[3], header[4], header[6]);
        int vocabulary = Math.Abs(header[5]);
        int size = dim / heads;
        int at = 28;

        float[] embedding = Take(vocabulary * dim);
        float[][] attentionNorm = TakeLayers(dim);
        float[][] q = TakeLayers(dim * dim);
        float[][] k = TakeLayers(keyValueHeads * size * dim);
        float[][] v = TakeLayers(keyValueHeads * size * dim);
        float[][] o = TakeLayers(dim * dim);
        float[][] mlpNorm = TakeLayers(dim);
        float[][] gate = TakeLayers(hidden * dim);
        float[][] down = TakeLayers(dim * hidden);
        float[][] up = TakeLayers(hidden * dim);
        float[] norm = Take(dim);
        Take(seq * size);
        bool tied = header[5] > 0;

        List<(string, long[], float[])> tensors = [("model.embed_tokens.weight", [vocabulary, dim], embedding)];
        for (int i = 0; i < layers; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}.");
            tensors.Add((name + "input_layernorm.weight", [dim], attentionNorm[i]));
            tensors.Add((name + "self_attn.q_proj.weight", [dim, dim], Halves(q[i], heads)));
            tensors.Add((name + "self_attn.k_proj.weight", [keyValueHeads * size, dim], Halves(k[i], keyValueHeads)));
            tensors.Add((name + "self_attn.v_proj.weight", [keyValueHeads * size, dim], v[i]));
            tensors.Add((name + "self_attn.o_proj.weight", [dim, dim], o[i]));
            tensors.Add((name + "post_attention_layernorm.weight", [dim], mlpNorm[i]));
            tensors.Add((name + "mlp.gate_proj.weight", [hidden, dim], gate[i]));
            tensors.Add((name + "mlp.up_proj.weight", [hidden, dim], up[i]));
            tensors.Add((name + "mlp.down_proj.weight", [dim, hidden], down[i]));
        }

        tensors.Add(("model.norm.weight", [dim], norm));
        if (!tied)
        {
            tensors.Add(("lm_head.weight", [vocabulary, dim], Take(vocabulary * dim)));
        }

        Assert.Equal(bytes.Length, at);
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new
        {
            model_type = "llama",
            vocab_size = vocabulary,
            hidden_size = dim,
            intermediate_size = hidden,
            num_hidden_layers = layers,
            num_attention_heads = heads,
            num_key_value_heads = keyValueHeads,
            max_position_embeddings = seq,
            rms_norm_eps = 1e-5,
            rope_theta = 10000.0,
            hidden_act = "silu",
            tie_word_embeddings = tied,
            bos_token_id = 1,
            eos_token_id = 2,
        }));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer(File.ReadAllBytes(tokenizerPath), vocabulary));

        float[] Take(int count)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++, at += 4)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));
            }

            return values;
        }

        float[][] TakeLayers(int count) => [.. Enumerable.Range(0, layers).Select(_ => Take(count))];

        float[] Halves(float[] rows, int headCount)
        {
            float[] result = new float[rows.Length];
            for (int h = 0; h < headCount; h++)
            {
                for (int j = 0; j < size; j++)
                {
                    int from = (h * size) + (j < size / 2 ? 2 * j : (2 * (j - (size / 2))) + 1);
                    rows.AsSpan(from * dim, dim).CopyTo(result.AsSpan(((h * size) + j) * dim));
                }
            }

            return result;
        }
    }

    /// <summary>The pieces with their scores as a BPE with byte fallback: a merge is as early as its result's score is high.</summary>
    private static string Tokenizer(byte[] bytes, int vocabulary)
    {
        int at = 4;
        List<(string Piece, float Score)> pieces = [];
        for (int i = 0; i < vocabulary; i++)
        {
            float score = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            string piece = Encoding.UTF8.GetString(bytes, at + 8, length);
            pieces.Add((i switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", _ => piece.Replace(' ', '▁') }, score));
            at += 8 + length;
        }

        Dictionary<string, float> scores = pieces.Skip(3).Where(piece => !piece.Piece.StartsWith("<0x", StringComparison.Ordinal)).ToDictionary(piece => piece.Piece, piece => piece.Score);
        string[][] merges =
        [
            .. scores.OrderByDescending(piece => piece.Value).SelectMany(piece =>
                Enumerable.Range(1, piece.Key.Length - 1)
                    .Select(cut => new[] { piece.Key[..cut], piece.Key[cut..] })
                    .Where(pair => scores.ContainsKey(pair[0]) && scores.ContainsKey(pair[1]))),
        ];
        return JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = new[] { "<unk>", "<s>", "</s>" }.Select((content, id) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            normalizer = new
            {
                type = "Sequence",
                normalizers = new object[] { new { type = "Prepend", prepend = "▁" }, new { type = "Replace", pattern = new { String = " " }, content = "▁" } },
            },
            pre_tokenizer = (object?)null,
            post_processor = (object?)null,
            decoder = new
            {
                type = "Sequence",
                decoders = new object[]
                {
                    new { type = "Replace", pattern = new { String = "▁" }, content = " " }, new { type = "ByteFallback" },
                    new { type = "Fuse" }, new { type = "Strip", content = " ", start = 1, stop = 0 },
                },
            },
            model = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = "<unk>",
                fuse_unk = true,
                byte_fallback = true,
                vocab = pieces.Select((piece, id) => (piece.Piece, id)).ToDictionary(pair => pair.Piece, pair => pair.id),
                merges,
            },
        });
    }
}
