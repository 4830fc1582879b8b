using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>
/// What sentence-transformers' files say: modules.json and the configurations of its modules, sentence_bert_config.json,
/// config_sentence_transformers.json.
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

    /// <summary>Whether the tokens of a prompt take part in the pooling.</summary>
    public bool IncludePrompt { get; init; } = true;

    /// <summary>What follows the pooling, in order, the last normalisation among it.</summary>
    internal IReadOnlyList<VectorModule> After { get; init; } = [];

    /// <summary>The type of a module that makes no vector of a sentence, such as a sparse one's; null for none.</summary>
    internal string? ForeignModule { get; init; }

    /// <summary>The names that the transformer's settings had over the years (sentence-transformers, Transformer.load).</summary>
    internal static IReadOnlyList<string> LengthFiles { get; } =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
    ];

    private const string PromptsFile = "config_sentence_transformers.json";

    /// <summary>Reads the files of a folder; null where it has no modules.json.</summary>
    internal static SentenceTransformerConfiguration? Read(string folder)
    {
        if (SentenceModules.Read(folder) is not { } modules)
        {
            return null;
        }

        return new SentenceTransformerConfiguration
        {
            Pooling = modules.Pooling,
            Normalize = modules.After is [.., NormalizeModule],
            IncludePrompt = modules.IncludePrompt,
            After = modules.After,
            ForeignModule = modules.Foreign,
            MaxSequenceLength = LengthFiles.Select(name => Optional(folder, name, c => c.OptionalCount("max_seq_length"))).FirstOrDefault(length => length is not null),
            Prompts = Optional(folder, PromptsFile, ReadPrompts) ?? [],
            DefaultPromptName = Optional(folder, PromptsFile, config => config.String("default_prompt_name")),
        };
    }

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
