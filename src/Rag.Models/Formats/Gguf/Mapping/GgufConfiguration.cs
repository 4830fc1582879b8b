using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>Writes what metadata say as the config.json that a Hugging Face checkpoint of the model would have.</summary>
internal static class GgufConfiguration
{
    public static JsonObject Write(GgufFamily family, GgufSettings settings, GgufTokenizer? tokenizer)
    {
        JsonObject config = new()
        {
            ["model_type"] = family.ModelType,
            ["vocab_size"] = Vocabulary(settings),
            ["tie_word_embeddings"] = !settings.Has("output.weight"),
        };
        if (tokenizer is not null)
        {
            config["bos_token_id"] = tokenizer.BosTokenId;
            config["eos_token_id"] = new JsonArray([.. tokenizer.EosTokenIds.Select(id => (JsonNode)id)]);
            config["pad_token_id"] = tokenizer.PaddingTokenId;
        }

        family.Configure(settings, config);
        return config;
    }

    /// <summary>The sizes, norm and rotary settings of the families that resemble Llama.</summary>
    public static void WriteCommon(GgufSettings settings, JsonObject config) => WriteCommon(settings, config, "rms_norm_eps", "attention.layer_norm_rms_epsilon");

    /// <summary>As the other, with another key and name for what norms add to the variance.</summary>
    public static void WriteCommon(GgufSettings settings, JsonObject config, string norm, string normKey)
    {
        int headSize = settings.HeadSize;
        if (settings.Count("attention.value_length") is { } valueSize && valueSize != headSize)
        {
            throw new UnsupportedException($"{settings.FilePath}: heads of {headSize} for keys and {valueSize} for values ('{settings.Architecture}.attention.value_length') are not supported.", settings.FilePath);
        }

        config["hidden_size"] = settings.RequireCount("embedding_length");
        config["intermediate_size"] = settings.RequireCount("feed_forward_length");
        config["num_hidden_layers"] = settings.Layers;
        config["num_attention_heads"] = settings.Heads;
        config["num_key_value_heads"] = settings.KeyValueHeads;
        config["head_dim"] = headSize;
        config["max_position_embeddings"] = settings.RequireCount("context_length");
        config[norm] = settings.RequireNumber(normKey);
        config["attention_bias"] = settings.Has("blk.0.attn_q.bias");
        config["mlp_bias"] = settings.Has("blk.0.ffn_down.bias");
        WriteRope(settings, config, headSize);
    }

    private static void WriteRope(GgufSettings settings, JsonObject config, int headSize)
    {
        int rotated = settings.Count("rope.dimension_count") ?? headSize;
        config["rope_theta"] = settings.Number("rope.freq_base") ?? 10000;
        config["partial_rotary_factor"] = (double)rotated / headSize;
        config["original_max_position_embeddings"] = settings.Count("rope.scaling.original_context_length");
        config["rope_scaling"] = Divisors(settings, config) ?? Scaling(settings);
    }

    // Llama 3's frequencies come as one divisor for each pair; that is LongRoPE with the same ones for short and long texts.
    private static JsonObject? Divisors(GgufSettings settings, JsonObject config)
    {
        float[]? all = settings.Divisors("rope_freqs.weight");
        float[]? brief = all ?? settings.Divisors("rope_factors_short.weight");
        float[]? wide = all ?? settings.Divisors("rope_factors_long.weight");
        if (brief is null || wide is null)
        {
            return null;
        }

        int context = settings.RequireCount("context_length");
        JsonObject scaling = new() { ["rope_type"] = "longrope", ["short_factor"] = Numbers(brief), ["long_factor"] = Numbers(wide) };
        if (all is not null)
        {
            config["original_max_position_embeddings"] = context;
            scaling["attention_factor"] = 1;
        }
        else if (settings.Number("rope.scaling.attn_factor") is { } attention)
        {
            scaling["attention_factor"] = attention;
        }

        scaling["original_max_position_embeddings"] = settings.Count("rope.scaling.original_context_length") ?? context;
        return scaling;
    }

    /// <summary>The rescaling of rotary frequencies; null for none.</summary>
    public static JsonObject? Scaling(GgufSettings settings)
    {
        string type = settings.Text("rope.scaling.type") ?? (settings.Number("rope.scale_linear") is null ? "none" : "linear");
        double? factor = settings.Number("rope.scaling.factor") ?? settings.Number("rope.scale_linear");
        return type == "none" || factor is null or 1 ? null : new JsonObject
        {
            ["rope_type"] = type,
            ["factor"] = factor,
            ["original_max_position_embeddings"] = settings.Count("rope.scaling.original_context_length"),
        };
    }

    private static JsonArray Numbers(float[] values) => new([.. values.Select(value => (JsonNode)(double)value)]);

    // The table's rows decide; some files name another vocabulary or none.
    private static long Vocabulary(GgufSettings settings) =>
        settings.Files.Holding("token_embd.weight")?.Find("token_embd.weight") is { Shape: [var rows, _] } ? rows : throw new CorruptException(
            $"{settings.FilePath} has no matrix 'token_embd.weight' among its tensors, whose descriptions end at byte {settings.Files.Files[0].HeaderBytes}.", settings.FilePath, settings.Files.Files[0].HeaderBytes);
}
