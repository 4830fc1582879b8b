using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Gemma 3, the text model: normalised heads, and windows with a rotary base of their own on most layers; seeing both ways where it is an embedding model (transformers modeling_gemma3.py).</summary>
internal sealed class Gemma3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gemma3_text", "gemma3"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        config = config.ModelType == "gemma3" ? TextPart(config) : config;
        DecoderParts parts = GemmaArchitecture.Parts(config, weights);
        int pattern = config.OptionalCount("sliding_window_pattern") ?? config.Count("_sliding_window_pattern", 6);
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, i => (i + 1) % pattern != 0);
        bool bothWays = config.Boolean("use_bidirectional_attention", absent: false);
        if (bothWays)
        {
            // The whole window is stated: half of it lies before a token and half after.
            windows = [.. windows.Select(window => (window / 2) + 1)];
        }

        bool bias = config.Boolean("attention_bias", absent: false);
        float scale = 1 / MathF.Sqrt((float)config.Double("query_pre_attn_scalar", 256));
        float cap = GemmaArchitecture.SoftCap(config, "attn_logit_softcapping", 0);
        AttentionDescription Attention(string name, int? window) => parts.Attention(name, bias, bias) with
        {
            Scale = scale,
            SoftCap = cap,
            Window = window,
            Rope = window is null ? 0 : 1,
            QueryNorm = parts.HeadNorm(name + "q_norm"),
            KeyNorm = parts.HeadNorm(name + "k_norm"),
        };
        NetworkDescription network = GemmaArchitecture.Scaled(parts.Network(i => GemmaArchitecture.SandwichLayer(parts, i, Attention(parts.LayerName(i) + "self_attn.", windows[i])))) with
        {
            Ropes = Ropes(config, parts),
            LogitSoftCap = GemmaArchitecture.SoftCap(config, "final_logit_softcapping", 0),
        };
        return bothWays ? network with { Kind = NetworkKind.Encoder, Head = null } : network;
    }

    // Models with an image part keep the settings of the text part by themselves, and only those that differ from the defaults of
    // transformers (configuration_gemma3.py, Gemma3TextConfig).
    private static ModelConfiguration TextPart(ModelConfiguration config)
    {
        ModelConfiguration text = config.Section("text_config") ?? throw new CorruptException($"{config.Path} lacks the key 'text_config'.", config.Path);
        JsonObject whole = new()
        {
            ["vocab_size"] = 262208,
            ["hidden_size"] = 2304,
            ["intermediate_size"] = 9216,
            ["num_hidden_layers"] = 26,
            ["num_attention_heads"] = 8,
            ["num_key_value_heads"] = 4,
            ["head_dim"] = 256,
            ["max_position_embeddings"] = 131072,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 1e6,
        };
        foreach (JsonProperty property in text.Root.EnumerateObject())
        {
            whole[property.Name] = JsonSerializer.SerializeToNode(property.Value);
        }

        return new ModelConfiguration(JsonSerializer.SerializeToElement(whole), config.Path);
    }

    // That of the layers that see everything, then that of the others; rescaling is for the first alone.
    private static RopeDescription[] Ropes(ModelConfiguration config, DecoderParts parts)
    {
        ModelConfiguration? both = config.Section("rope_parameters");
        RopeConfiguration full = RopeConfiguration.Read(config, both?.Section("full_attention") ?? both ?? config.Section("rope_scaling"), config.Double("rope_theta", 1000000));
        RopeConfiguration local = RopeConfiguration.Read(config, both?.Section("sliding_attention"), config.Double("rope_local_base_freq", 10000));
        return [Rope.Describe(full, parts.Sizes.HeadSize, config.Path), Rope.Describe(local, parts.Sizes.HeadSize, config.Path)];
    }
}
