using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

/// <summary>Writes a CLIP of one layer and random weights, with a word-level tokenizer.</summary>
internal static class TinyClip
{
    private const int Hidden = 16;
    private const int Projection = 12;
    private const int ImageSize = 8;

    public static void Write(string folder, int endId = 1, string preprocessor = "\"size\": {\"shortest_edge\": 8}, \"crop_size\": {\"height\": 8, \"width\": 8}")
    {
        string[] words = ["<|startoftext|>", "<|endoftext|>", "a", "photo", "of", "fire", "keeper", "sea"];
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {
              "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": {{Projection}},
              "text_config": {"hidden_size": {{Hidden}}, "intermediate_size": 24, "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": {{words.Length}}, "max_position_embeddings": 16, "eos_token_id": {{endId}}},
              "vision_config": {"hidden_size": {{Hidden}}, "intermediate_size": 24, "num_attention_heads": 2, "num_hidden_layers": 1, "image_size": {{ImageSize}}, "patch_size": 4}
            }
            """);
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), $$"""{"image_processor_type": "CLIPImageProcessor", {{preprocessor}}}""");
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            "{\"added_tokens\":[],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"decoder\":null,"
            + "\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"<|endoftext|>\",1],\"cls\":[\"<|startoftext|>\",0]},"
            + "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"a\",\"vocab\":{" + string.Join(',', words.Select((word, id) => $"\"{word}\":{id}")) + "}}}");

        Random random = new(11);
        List<(string, long[], float[])> tensors = [("logit_scale", [1], [2])];
        Tensor("text_model.embeddings.token_embedding.weight", words.Length, Hidden);
        Tensor("text_model.embeddings.position_embedding.weight", 16, Hidden);
        Tensor("vision_model.embeddings.class_embedding", Hidden);
        Tensor("vision_model.embeddings.patch_embedding.weight", Hidden, 3, 4, 4);
        Tensor("vision_model.embeddings.position_embedding.weight", 5, Hidden);
        foreach (string norm in (string[])["text_model.final_layer_norm", "vision_model.pre_layrnorm", "vision_model.post_layernorm"])
        {
            Both(norm, Hidden);
        }

        foreach (string name in (string[])["text_model.encoder.layers.0.", "vision_model.encoder.layers.0."])
        {
            Both(name + "layer_norm1", Hidden);
            Both(name + "layer_norm2", Hidden);
            foreach (string part in (string[])["q_proj", "k_proj", "v_proj", "out_proj"])
            {
                Both($"{name}self_attn.{part}", Hidden, Hidden);
            }

            Both(name + "mlp.fc1", 24, Hidden);
            Both(name + "mlp.fc2", Hidden, 24);
        }

        Tensor("text_projection.weight", Projection, Hidden);
        Tensor("visual_projection.weight", Projection, Hidden);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);

        void Both(string name, params long[] shape)
        {
            Tensor(name + ".weight", shape);
            Tensor(name + ".bias", shape[0]);
        }

        void Tensor(string name, params long[] shape) =>
            tensors.Add((name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (count, size) => count * size)).Select(_ => (float)random.NextDouble() - .3f)]));
    }
}
