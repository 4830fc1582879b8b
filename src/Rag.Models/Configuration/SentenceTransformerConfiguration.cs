using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>
/// What sentence-transformers' files say: modules.json, N_Pooling/config.json, sentence_bert_config.json,
/// config_sentence_transformers.json; both spellings of the pooling file, and modules matched by the last part of their type.
/// </summary>
public sealed record SentenceTransformerConfiguration
{
    /// <summary>The pooling; several kinds are concatenated in this order.</summary>
    public required IReadOnlyList<PoolingKind> Pooling { get; init; }

    /// <summary>Whether the vector is divided by its L2 norm at the end.</summary>
    public required bool Normalize { get; init; }

    /// <summary>The most tokens of a text, special tokens included, where the files state it.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>Texts that go before an input, by name, such as "query"; one that is null in the file is not there.</summary>
    public required IReadOnlyDictionary<string, string> Prompts { get; init; }

    /// <summary>The name of the prompt for an input of which nothing more is said; null for none.</summary>
    public string? DefaultPromptName { get; init; }

    private const string PromptsFile = "config_sentence_transformers.json";

    private static readonly (string Key, string Name, PoolingKind Kind)[] Kinds =
    [
        ("pooling_mode_cls_token", "cls", PoolingKind.Cls),
        ("pooling_mode_max_tokens", "max", PoolingKind.Max),
        ("pooling_mode_mean_tokens", "mean", PoolingKind.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", PoolingKind.MeanSqrtLength),
        ("pooling_mode_weightedmean_tokens", "weightedmean", PoolingKind.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", PoolingKind.LastToken),
    ];

    /// <summary>Reads the files of a folder; null where it has no modules.json.</summary>
    internal static SentenceTransformerConfiguration? Read(string folder)
    {
        string modulesPath = Path.Combine(folder, "modules.json");
        if (!File.Exists(modulesPath))
        {
            return null;
        }

        using JsonDocument modules = BoundedJson.Read(modulesPath, ModelFolder.MaxJsonBytes);
        if (modules.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new CorruptException($"{modulesPath} is not a list of modules.", modulesPath);
        }

        IReadOnlyList<PoolingKind> pooling = [PoolingKind.Mean];
        bool normalize = false;
        foreach (JsonElement item in modules.RootElement.EnumerateArray())
        {
            ModelConfiguration module = new(item, modulesPath);
            switch (module.RequireString("type").Split('.')[^1])
            {
                case "Transformer" or "MLMTransformer":
                    break;
                case "SpladePooling":
                    CheckSparse(Path.Combine(folder, ModuleFolder(module), "config.json"));
                    break;
                case "Pooling":
                    pooling = ReadPooling(Path.Combine(folder, ModuleFolder(module), "config.json"));
                    break;
                case "Normalize":
                    normalize = true;
                    break;
                case var other:
                    throw new UnsupportedException($"{modulesPath} has a module of type '{other}'; Transformer, Pooling, Normalize, MLMTransformer and SpladePooling are supported.", modulesPath);
            }
        }

        return new SentenceTransformerConfiguration
        {
            Pooling = pooling,
            Normalize = normalize,
            MaxSequenceLength = Optional(folder, "sentence_bert_config.json", c => c.OptionalCount("max_seq_length")),
            Prompts = Optional(folder, PromptsFile, ReadPrompts) ?? [],
            DefaultPromptName = Optional(folder, PromptsFile, config => config.String("default_prompt_name")),
        };
    }

    // A module's path is one plain folder name, so that it cannot lead out of the model.
    private static string ModuleFolder(ModelConfiguration module)
    {
        string path = module.String("path") ?? string.Empty;
        return path is "" or "." or ".." || path.AsSpan().ContainsAny("/\\:\0")
            ? throw new CorruptException($"{module.Path}: the module path '{path}' is not a plain folder name.", module.Path)
            : path;
    }

    private static PoolingKind[] ReadPooling(string path)
    {
        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        ModelConfiguration config = new(document.RootElement, path);
        PoolingKind[] kinds = config.String("pooling_mode") is { } mode
            ? [.. mode.Split('+').Select(part => Parse(part, path))]
            : [.. Kinds.Where(k => config.Boolean(k.Key, absent: false)).Select(k => k.Kind)];
        return kinds.Length > 0 ? kinds : throw new CorruptException($"{path} switches no pooling mode on.", path);
    }

    // The one way of pooling that published sparse encoders have, which their head computes.
    private static void CheckSparse(string path)
    {
        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        ModelConfiguration config = new(document.RootElement, path);
        foreach ((string key, string supported) in ((string, string)[])[("pooling_strategy", "max"), ("activation_function", "relu")])
        {
            if (config.String(key) is { } value && value != supported)
            {
                throw new UnsupportedException($"{path}: {key} '{value}' is not supported; '{supported}' is.", path);
            }
        }
    }

    private static PoolingKind Parse(string mode, string path) =>
        Array.Find(Kinds, k => k.Name == mode) is { Key: not null } found
            ? found.Kind
            : throw new UnsupportedException($"{path}: the pooling mode '{mode}' is not supported; {string.Join(", ", Kinds.Select(k => k.Name))} are.", path);

    private static Dictionary<string, string> ReadPrompts(ModelConfiguration config)
    {
        Dictionary<string, string> prompts = new(StringComparer.Ordinal);
        if (config.Section("prompts") is { } stated)
        {
            foreach (JsonProperty property in stated.Root.EnumerateObject())
            {
                if (stated.String(property.Name) is { } prompt)
                {
                    prompts[property.Name] = prompt;
                }
            }
        }

        return prompts;
    }

    private static T? Optional<T>(string folder, string name, Func<ModelConfiguration, T?> read)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return default;
        }

        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        return read(new ModelConfiguration(document.RootElement, path));
    }
}
