using System.Globalization;
using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;

namespace Rag.Benchmarks.Decoders;

/// <summary>A decoder of Llama's family with random weights: as slow as a trained one of its sizes.</summary>
internal sealed record DecoderShape(string Name, int Vocabulary, int Hidden, int Intermediate, int Layers, int Heads, int KeyValueHeads, bool Tied)
{
    public static IReadOnlyList<DecoderShape> Known { get; } =
    [
        new("SmolLM2-135M", 49152, 576, 1536, 30, 9, 3, true),
        new("SmolLM2-360M", 49152, 960, 2560, 32, 15, 5, true),
        new("Qwen2.5-0.5B", 151936, 896, 4864, 24, 14, 2, true),
        new("Llama-3.2-1B", 128256, 2048, 8192, 16, 32, 8, true),
    ];

    /// <summary>The model's folder below another, written where it is not there.</summary>
    public string Ensure(string root)
    {
        string folder = Path.Combine(root, Name);
        if (!File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            Write(folder);
        }

        return folder;
    }

    /// <summary>Writes the model as a folder in F32.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"model_type":"llama","hidden_act":"silu","hidden_size":{{Hidden}},"intermediate_size":{{Intermediate}},"num_hidden_layers":{{Layers}},
            "num_attention_heads":{{Heads}},"num_key_value_heads":{{KeyValueHeads}},"vocab_size":{{Vocabulary}},"max_position_embeddings":8192,
            "rms_norm_eps":1e-5,"rope_theta":100000,"tie_word_embeddings":{{(Tied ? "true" : "false")}}}
            """));
        Random random = new(1);
        List<TensorContent> tensors = [Tensor(random, "model.embed_tokens.weight", Vocabulary, Hidden), Tensor(random, "model.norm.weight", Hidden)];
        int keys = Hidden / Heads * KeyValueHeads;
        for (int i = 0; i < Layers; i++)
        {
            string layer = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}.");
            tensors.AddRange(
                Tensor(random, layer + "input_layernorm.weight", Hidden),
                Tensor(random, layer + "post_attention_layernorm.weight", Hidden),
                Tensor(random, layer + "self_attn.q_proj.weight", Hidden, Hidden),
                Tensor(random, layer + "self_attn.k_proj.weight", keys, Hidden),
                Tensor(random, layer + "self_attn.v_proj.weight", keys, Hidden),
                Tensor(random, layer + "self_attn.o_proj.weight", Hidden, Hidden),
                Tensor(random, layer + "mlp.gate_proj.weight", Intermediate, Hidden),
                Tensor(random, layer + "mlp.up_proj.weight", Intermediate, Hidden),
                Tensor(random, layer + "mlp.down_proj.weight", Hidden, Intermediate));
        }

        if (!Tied)
        {
            tensors.Add(Tensor(random, "lm_head.weight", Vocabulary, Hidden));
        }

        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
    }

    private static TensorContent Tensor(Random random, string name, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        float width = shape.Length == 1 ? .1f : 2 / MathF.Sqrt(shape[^1]);
        float middle = shape.Length == 1 ? 1 : 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = middle + ((random.NextSingle() - .5f) * width);
        }

        return new TensorContent(name, TensorDataType.Float32, shape, MemoryMarshal.AsBytes<float>(values).ToArray());
    }
}
