namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>The families that are mapped.</summary>
internal static class GgufFamilies
{
    private static readonly TensorRule[] Plain = [.. GgufRules.Around, .. GgufRules.Attention, .. GgufRules.Mlp];
    private static readonly TensorRule[] Llama = [.. GgufRules.Around, .. GgufRules.Paired, .. GgufRules.Mlp];
    private static readonly TensorRule[] Experts = [.. GgufRules.Around, .. GgufRules.Attention, .. GgufRules.Experts("mlp", "gate_proj", "up_proj", "down_proj"), GgufRules.MlpNorm];

    private static readonly TensorRule[] ExpertsAndMlp = [.. GgufRules.Mlp, .. GgufRules.Experts("mlp", "gate_proj", "up_proj", "down_proj"), .. GgufRules.SharedExperts];
    private static readonly TensorRule[] Latent = [.. GgufRules.Around, .. GgufRules.LatentAttention, .. ExpertsAndMlp];

    /// <summary>Every family; of several of one architecture the first that applies.</summary>
    public static readonly IReadOnlyList<GgufFamily> All =
    [
        new("llama", "mixtral", [.. GgufRules.Around, .. GgufRules.Paired, .. GgufRules.Experts("block_sparse_moe", "w1", "w3", "w2"), .. GgufRules.SingleExperts("block_sparse_moe", "w1", "w3", "w2"), GgufRules.MlpNorm], GgufFamilyConfiguration.Mixtral)
        {
            Applies = settings => settings.Count("expert_count") is not null,
        },
        new("llama", "llama", Llama, GgufConfiguration.WriteCommon),
        new("smollm3", "smollm3", Llama, GgufConfiguration.WriteCommon),
        new("granite", "granite", Llama, GgufFamilyConfiguration.Granite),
        new("qwen2", "qwen2", Plain, GgufConfiguration.WriteCommon),
        new("qwen2moe", "qwen2_moe", [.. Experts, .. GgufRules.SharedExpert], GgufFamilyConfiguration.Qwen2Moe),
        new("qwen3", "qwen3", Plain, GgufConfiguration.WriteCommon),
        new("qwen3moe", "qwen3_moe", Experts, GgufFamilyConfiguration.Qwen3Moe),
        new("olmo2", "olmo2", [.. Plain, .. GgufRules.OutputNorms], GgufConfiguration.WriteCommon),
        new("gemma", "gemma", GgufRules.Override(Plain, GemmaNorm("output_norm"), GemmaNorm("blk.#.attn_norm"), GgufRules.MlpNorm with { Change = TensorChange.PlusOne }), GgufFamilyConfiguration.Gemma),
        new("gemma2", "gemma2", GgufRules.Override(Plain, GgufRules.GemmaNorms), GgufFamilyConfiguration.Gemma2),
        new("gemma3", "gemma3_text", GgufRules.Override(Plain, GgufRules.GemmaNorms), GgufFamilyConfiguration.Gemma3),
        new("command-r", "cohere", Plain, GgufFamilyConfiguration.Cohere),
        new("cohere2", "cohere2", Plain, GgufFamilyConfiguration.Cohere2),
        new("phi3", "phi3", GgufRules.Override(Plain, new("blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj"), new("blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj")), GgufFamilyConfiguration.Phi3),
        new("gpt2", "gpt2", GgufRules.Gpt2, GgufFamilyConfiguration.Gpt2),
        new("deepseek2", "deepseek_v3", Latent, GgufLatentConfiguration.DeepSeekV3) { Applies = GgufLatentConfiguration.IsCorrected },
        new("deepseek2", "deepseek_v2", Latent, GgufLatentConfiguration.DeepSeekV2),
        new("glm4", "glm4", GgufRules.Override(Plain, GgufRules.Glm4), GgufConfiguration.WriteCommon),
        new("glm4moe", "glm4_moe", [.. GgufRules.Around, .. GgufRules.Attention, .. ExpertsAndMlp, GgufRules.NormAfterAttention], GgufLatentConfiguration.Glm4Moe),
        new("gpt-oss", "gpt_oss", [.. GgufRules.Around, .. GgufRules.Attention, .. GgufRules.GptOss], GgufFamilyConfiguration.GptOss),
        new("exaone4", "exaone4", [.. Plain, .. GgufRules.OutputNorms], GgufFamilyConfiguration.Exaone4),
        new("ernie4_5", "ernie4_5", Plain, GgufFamilyConfiguration.Ernie45),
        new("lfm2", "lfm2", GgufRules.Lfm2, GgufFamilyConfiguration.Lfm2),
        new("olmoe", "olmoe", Experts, GgufFamilyConfiguration.Olmoe),
        new("granitemoe", "granitemoe", [.. GgufRules.Around, .. GgufRules.Paired, .. GgufRules.StackedExperts("block_sparse_moe"), new("blk.#.ffn_gate_inp", "model.layers.#.block_sparse_moe.router.layer"), GgufRules.MlpNorm], GgufFamilyConfiguration.GraniteMoe),
        new("stablelm", "stablelm", Plain, GgufFamilyConfiguration.StableLm),
        new("phi2", "phi", GgufRules.Override(Plain, GgufRules.Phi2), GgufFamilyConfiguration.Phi2),
        new("gptneox", "gpt_neox", GgufRules.NeoX, GgufFamilyConfiguration.NeoX),
        new("bloom", "bloom", GgufRules.Bloom, GgufFamilyConfiguration.Bloom),
        new("falcon", "falcon", GgufRules.FalconTwoNorms, GgufFamilyConfiguration.Falcon) { Applies = settings => settings.Has("blk.0.attn_norm_2.weight") },
        new("falcon", "falcon", GgufRules.Falcon, GgufFamilyConfiguration.Falcon),
        new("mamba2", "mamba2", GgufRules.Mamba2, GgufStateSpaceConfiguration.Mamba2),
        new("falcon-h1", "falcon_h1", GgufRules.FalconH1, GgufStateSpaceConfiguration.FalconH1),
    ];

    /// <summary>The family of a file.</summary>
    /// <exception cref="CorruptException">The file does not name its architecture.</exception>
    /// <exception cref="UnsupportedException">The architecture is not mapped.</exception>
    public static (GgufFamily Family, GgufSettings Settings) Of(GgufFileSet files)
    {
        const string Key = "general.architecture";
        string name = files.Metadata.Text(Key) ?? throw files.Metadata.Missing(Key);
        GgufSettings settings = new(files, name);
        GgufFamily family = All.FirstOrDefault(family => family.Architecture == name && family.Applies(settings)) ?? throw new UnsupportedException(
            $"{settings.FilePath}: the architecture '{name}' ('{Key}') is not supported in GGUF; these are: {string.Join(", ", All.Select(family => family.Architecture).Distinct().Order(StringComparer.Ordinal))}.", settings.FilePath);
        return (family, settings);
    }

    private static TensorRule GemmaNorm(string from) => GgufRules.GemmaNorms.First(rule => rule.From == from);
}
