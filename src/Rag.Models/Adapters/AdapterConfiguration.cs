using System.Text.Json;
using Rag.Models.Configuration;

namespace Rag.Models.Adapters;

/// <summary>
/// adapter_config.json of PEFT (peft/tuners/lora/config.py). What would change a result and is not supported is refused by name;
/// what only says how training began or went is passed over.
/// </summary>
internal sealed class AdapterConfiguration
{
    private const int MaxBytes = 4 << 20;
    private const int MostRank = 1 << 16;

    // Kinds of adapters, or parts of them, that hold more than pairs of matrices.
    private static readonly string[] Unsupported =
    [
        "use_dora", "lora_bias", "use_qalora", "use_bdlora", "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config",
        "layer_replication", "modules_to_save", "target_parameters", "trainable_token_indices", "megatron_config", "velora_config",
    ];

    // The others ("pissa", "olora", "corda", "loftq", "lora_ga") change the base's own weights before training.
    private static readonly string[] PlainBeginnings = ["gaussian", "eva", "orthogonal"];
    private readonly int _rank;
    private readonly double _alpha;
    private readonly bool _stabilized;
    private readonly ModulePatterns _ranks;
    private readonly ModulePatterns _alphas;

    private AdapterConfiguration(ModelConfiguration config)
    {
        _rank = config.Count("r", 8, MostRank);
        _alpha = config.Double("lora_alpha", 8);
        _stabilized = config.Boolean("use_rslora", absent: false);
        _ranks = new ModulePatterns(config.Section("rank_pattern"));
        _alphas = new ModulePatterns(config.Section("alpha_pattern"));
    }

    /// <exception cref="UnavailableException">There is no such file.</exception>
    /// <exception cref="UnsupportedException">The adapter is of a kind that is not supported.</exception>
    /// <exception cref="CorruptException">The file is damaged.</exception>
    public static AdapterConfiguration Read(string folder)
    {
        string path = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(path))
        {
            throw new UnavailableException($"The adapter folder {folder} has no adapter_config.json.", folder);
        }

        using JsonDocument document = BoundedJson.Read(path, MaxBytes);
        ModelConfiguration config = new(document.RootElement, path);
        ThrowIfUnsupported(config);
        return new AdapterConfiguration(config);
    }

    /// <summary>The rank of a module, and what its product is multiplied by: alpha / r, or alpha / sqrt(r) where rank-stabilised.</summary>
    public (int Rank, float Scale) Of(string module)
    {
        double rank = _ranks.Find(module) ?? _rank;
        double alpha = _alphas.Find(module) ?? _alpha;
        return ((int)Math.Clamp(rank, 0, MostRank), (float)(alpha / (_stabilized ? Math.Sqrt(rank) : rank)));
    }

    private static void ThrowIfUnsupported(ModelConfiguration config)
    {
        string kind = config.RequireString("peft_type");
        if (kind != "LORA")
        {
            throw new UnsupportedException($"{config.Path}: the adapter is of the kind {kind} (peft_type), which is not supported; LORA is.", config.Path);
        }

        if (Unsupported.FirstOrDefault(key => config.Has(key) && Says(config.Root.GetProperty(key))) is { } asked)
        {
            throw new UnsupportedException($"{config.Path}: the adapter uses '{asked}', which is not supported; low-rank pairs for linear layers are.", config.Path);
        }

        if (config.String("bias") is { } bias and not "none")
        {
            throw new UnsupportedException($"{config.Path}: the adapter holds biases ('bias' is {bias}), which is not supported.", config.Path);
        }

        if (config.Has("init_lora_weights") && config.Root.GetProperty("init_lora_weights") is { ValueKind: JsonValueKind.String } beginning
            && !PlainBeginnings.Contains(beginning.GetString()))
        {
            throw new UnsupportedException(
                $"{config.Path}: the adapter was begun as '{beginning.GetString()}' (init_lora_weights), which changes the base model's weights too; save it converted to plain LoRA.", config.Path);
        }
    }

    // Whether a value asks for something: not false, and not an empty list or object.
    private static bool Says(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}
