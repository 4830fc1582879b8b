using System.Globalization;

namespace Rag.Tests.Support;

/// <summary>
/// Writes a model folder with a Llama of random weights: config.json, generation_config.json and model.safetensors. Ids
/// 0, 1, 2 are padding, begin and end. A tokenizer is the caller's to add. With <c>follows</c> the model has learned which
/// token comes after which: embeddings outweigh what the random layers add, and the head answers to them.
/// </summary>
internal static class TinyLlama
{
    public static void Write(
        string folder,
        int seed = 1,
        int vocabSize = 64,
        int hidden = 32,
        int layers = 2,
        int heads = 2,
        int keyValueHeads = 1,
        int intermediate = 48,
        int maxPositions = 512,
        bool tied = false,
        bool biases = false,
        IReadOnlyDictionary<int, int>? follows = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "vocab_size": {{vocabSize}},
              "hidden_size": {{hidden}},
              "intermediate_size": {{intermediate}},
              "num_hidden_layers": {{layers}},
              "num_attention_heads": {{heads}},
              "num_key_value_heads": {{keyValueHeads}},
              "max_position_embeddings": {{maxPositions}},
              "rms_norm_eps": 1e-05,
              "rope_theta": 10000.0,
              "rope_scaling": null,
              "hidden_act": "silu",
              "attention_bias": {{(biases ? "true" : "false")}},
              "mlp_bias": {{(biases ? "true" : "false")}},
              "tie_word_embeddings": {{(tied ? "true" : "false")}},
              "torch_dtype": "float32"
            }
            """));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}""");

        Random random = new(seed);
        int headSize = hidden / heads;
        List<(string Name, long[] Shape, float[] Values)> tensors = [Matrix("model.embed_tokens.weight", vocabSize, hidden)];
        for (int i = 0; i < layers; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}.");
            tensors.Add(Norm(name + "input_layernorm.weight"));
            Linear(name + "self_attn.q_proj", heads * headSize, hidden);
            Linear(name + "self_attn.k_proj", keyValueHeads * headSize, hidden);
            Linear(name + "self_attn.v_proj", keyValueHeads * headSize, hidden);
            Linear(name + "self_attn.o_proj", hidden, heads * headSize);
            tensors.Add(Norm(name + "post_attention_layernorm.weight"));
            Linear(name + "mlp.gate_proj", intermediate, hidden);
            Linear(name + "mlp.up_proj", intermediate, hidden);
            Linear(name + "mlp.down_proj", hidden, intermediate);
        }

        tensors.Add(Norm("model.norm.weight"));
        if (!tied)
        {
            tensors.Add(Matrix("lm_head.weight", vocabSize, hidden));
        }

        if (follows is not null)
        {
            Learn(tensors[0].Values, tensors[^1].Values, hidden, follows);
        }

        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);

        void Linear(string name, int rows, int columns)
        {
            tensors.Add(Matrix(name + ".weight", rows, columns));
            if (biases)
            {
                tensors.Add((name + ".bias", [rows], Values(rows, 0, 0.3)));
            }
        }

        (string, long[], float[]) Matrix(string name, int rows, int columns) =>
            (name, [rows, columns], Values(rows * columns, 0, 1.2 / Math.Sqrt(columns)));

        (string, long[], float[]) Norm(string name) => (name, [hidden], Values(hidden, 1, 0.2));

        float[] Values(int count, double mean, double deviation)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                values[i] = (float)(mean + (deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble())));
            }

            return values;
        }
    }
    private static void Learn(float[] embeddings, float[] head, int hidden, IReadOnlyDictionary<int, int> follows)
    {
        const float Loud = 100, Sure = 10;
        foreach ((int token, int next) in follows)
        {
            Span<float> from = embeddings.AsSpan(token * hidden, hidden);
            for (int i = 0; i < hidden; i++)
            {
                head[(next * hidden) + i] = Sure * from[i];
                from[i] *= Loud;
            }
        }
    }
}
