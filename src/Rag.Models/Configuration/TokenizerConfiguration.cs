using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>What tokenizer_config.json says beyond tokenizer.json.</summary>
public sealed record TokenizerConfiguration
{
    /// <summary>The chat template (Jinja), from chat_template.jinja or tokenizer_config.json; of several, the one named "default".</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The text of the token that begins a sequence.</summary>
    public string? BosToken { get; init; }

    /// <summary>The text of the token that ends a sequence.</summary>
    public string? EosToken { get; init; }

    /// <summary>The text of the padding token.</summary>
    public string? PadToken { get; init; }

    /// <summary>The text of the token for what the vocabulary lacks.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>The text of the token that stands for a missing one.</summary>
    public string? MaskToken { get; init; }

    /// <summary>The most tokens a sequence may have, where the file states a sensible number.</summary>
    public int? ModelMaxLength { get; init; }

    internal static TokenizerConfiguration Read(ModelConfiguration? config, string? templateFile) => config is null ? new() { ChatTemplate = templateFile } : new()
    {
        ChatTemplate = templateFile ?? Template(config),
        BosToken = Token(config, "bos_token"),
        EosToken = Token(config, "eos_token"),
        PadToken = Token(config, "pad_token"),
        UnknownToken = Token(config, "unk_token"),
        MaskToken = Token(config, "mask_token"),
        ModelMaxLength = MaxLength(config),
    };

    private static string? Template(ModelConfiguration config)
    {
        if (!config.Has("chat_template"))
        {
            return null;
        }

        JsonElement value = config.Root.GetProperty("chat_template");
        if (value.ValueKind == JsonValueKind.String)
        {
            return config.String("chat_template");
        }

        // The list form: [{"name": "default", "template": "..."}, ...].
        return value.ValueKind != JsonValueKind.Array
            ? throw config.Wrong("chat_template", "a text or a list of named templates")
            : value.EnumerateArray()
                .Select(item => item.ValueKind == JsonValueKind.Object ? new ModelConfiguration(item, config.Path) : throw config.Wrong("chat_template", "a list of named templates"))
                .OrderByDescending(item => item.String("name") == "default")
                .FirstOrDefault()?.String("template");
    }

    // A token is a text, or an object whose "content" is the text.
    private static string? Token(ModelConfiguration config, string key) =>
        config.Has(key) && config.Root.GetProperty(key).ValueKind == JsonValueKind.Object ? config.Section(key)!.String("content") : config.String(key);

    // "No limit" is written as 10^30.
    private static int? MaxLength(ModelConfiguration config) =>
        config.OptionalDouble("model_max_length") is { } length && length is >= 1 and < int.MaxValue ? (int)length : null;
}
