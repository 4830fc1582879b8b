using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>
/// Reads modules.json and the configurations in the modules' folders (sentence-transformers, modules/*.py): both spellings of the pooling
/// file, and modules matched by the last part of their type, which is all that stayed the same between versions.
/// </summary>
internal sealed class SentenceModules
{
    private const string File = "modules.json";
    private const string ConfigFile = "config.json";
    private const string WeightsFile = "model.safetensors";

    private static readonly (string Key, string Name, PoolingKind Kind)[] Kinds =
    [
        ("pooling_mode_cls_token", "cls", PoolingKind.Cls),
        ("pooling_mode_max_tokens", "max", PoolingKind.Max),
        ("pooling_mode_mean_tokens", "mean", PoolingKind.Mean),
        ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", PoolingKind.MeanSqrtLength),
        ("pooling_mode_weightedmean_tokens", "weightedmean", PoolingKind.WeightedMean),
        ("pooling_mode_lasttoken", "lasttoken", PoolingKind.LastToken),
    ];

    private readonly List<VectorModule> _after = [];

    public IReadOnlyList<PoolingKind> Pooling { get; private set; } = [PoolingKind.Mean];

    /// <summary>Whether the tokens of a prompt take part in the pooling.</summary>
    public bool IncludePrompt { get; private set; } = true;

    /// <summary>What follows the pooling.</summary>
    public IReadOnlyList<VectorModule> After => _after;

    /// <summary>The type of the first module that makes no vector of a sentence; null for none.</summary>
    public string? Foreign { get; private set; }

    /// <summary>Reads the files of a folder; null where it has no modules.json.</summary>
    public static SentenceModules? Read(string folder)
    {
        string path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new CorruptException($"{path} is not a list of modules.", path);
        }

        SentenceModules modules = new();
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            modules.Add(folder, new ModelConfiguration(item, path));
        }

        return modules;
    }

    /// <summary>The files in the modules' folders, relative to the model's.</summary>
    public static IReadOnlyList<string> Files(string folder)
    {
        string path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
        {
            return [];
        }

        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        return document.RootElement.ValueKind != JsonValueKind.Array ? [] : [.. document.RootElement.EnumerateArray()
            .Select(item => new ModelConfiguration(item, path))
            .Where(module => module.String("path") is { Length: > 0 })
            .SelectMany(module => (string[])[Path.Combine(FolderName(module), ConfigFile), Path.Combine(FolderName(module), WeightsFile)])
            .Where(name => System.IO.File.Exists(Path.Combine(folder, name)))];
    }

    private void Add(string folder, ModelConfiguration module)
    {
        string type = module.RequireString("type").Split('.')[^1];
        switch (type)
        {
            case "Transformer" or "Dropout":
                break;
            case "Pooling":
                ReadConfig(folder, module, (_, config) => ReadPooling(config));
                break;
            case "Dense":
                ReadConfig(folder, module, (path, config) => _after.Add(ReadDense(path, config)));
                break;
            case "LayerNorm":
                ReadConfig(folder, module, (path, config) => _after.Add(new LayerNormModule(path, config.RequireCount("dimension"))));
                break;
            case "Normalize":
                _after.Add(new NormalizeModule());
                break;
            default:
                Foreign ??= type;
                break;
        }
    }

    /// <summary>A module's folder: one plain name, so that it cannot lead out of the model.</summary>
    public static string FolderName(ModelConfiguration module)
    {
        string name = module.String("path") ?? string.Empty;
        return name is "" or "." or ".." || name.AsSpan().ContainsAny("/\\:\0")
            ? throw new CorruptException($"{module.Path}: the module path '{name}' is not a plain folder name.", module.Path)
            : name;
    }

    private static void ReadConfig(string folder, ModelConfiguration module, Action<string, ModelConfiguration> read)
    {
        string path = Path.Combine(folder, FolderName(module));
        string config = Path.Combine(path, ConfigFile);
        using JsonDocument document = BoundedJson.Read(config, ModelFolder.MaxJsonBytes);
        read(path, new ModelConfiguration(document.RootElement, config));
    }

    private void ReadPooling(ModelConfiguration config)
    {
        PoolingKind[] kinds = config.Has("pooling_mode")
            ? [.. Modes(config).Select(part => Parse(part, config.Path))]
            : [.. Kinds.Where(k => config.Boolean(k.Key, absent: false)).Select(k => k.Kind)];
        Pooling = kinds.Length > 0 ? kinds : throw new CorruptException($"{config.Path} switches no pooling mode on.", config.Path);
        IncludePrompt = config.Boolean("include_prompt", absent: true);
    }

    // One text with plus signs, or a list.
    private static IReadOnlyList<string> Modes(ModelConfiguration config) =>
        config.Root.GetProperty("pooling_mode").ValueKind == JsonValueKind.Array ? config.Strings("pooling_mode")! : config.RequireString("pooling_mode").Split('+');

    private static PoolingKind Parse(string mode, string path) =>
        Array.Find(Kinds, k => k.Name == mode) is { Key: not null } found
            ? found.Kind
            : throw new UnsupportedException($"{path}: the pooling mode '{mode}' is not supported; {string.Join(", ", Kinds.Select(k => k.Name))} are.", path);

    private static DenseModule ReadDense(string path, ModelConfiguration config)
    {
        // Late interaction has it on the tokens.
        if (config.String("module_input_name") is { } input and not "sentence_embedding")
        {
            throw new UnsupportedException($"{config.Path}: a Dense module on '{input}' is not supported; on 'sentence_embedding' it is.", config.Path);
        }

        // Saved as a Python class; models older than the key have tanh, its default.
        string activation = (config.String("activation_function") ?? nameof(VectorActivation.Tanh)).Split('.')[^1];
        return Enum.TryParse(activation, out VectorActivation kind) && Enum.IsDefined(kind)
            ? new DenseModule(path, config.RequireCount("in_features"), config.RequireCount("out_features"), config.Boolean("bias", absent: true), kind)
            : throw new UnsupportedException(
                $"{config.Path}: the activation_function '{activation}' is not supported; {string.Join(", ", Enum.GetNames<VectorActivation>())} are.", config.Path);
    }
}
