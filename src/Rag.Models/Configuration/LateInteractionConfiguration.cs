using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>
/// How a late interaction model prepares its texts, from ColBERT's artifact.metadata (colbert/infra/config/settings.py) or PyLate's keys in
/// config_sentence_transformers.json (pylate/models/colbert.py); what a file leaves out is null.
/// </summary>
internal sealed record LateInteractionConfiguration
{
    /// <summary>Tokens of a question, masks included.</summary>
    public int? QuestionTokens { get; init; }

    /// <summary>The most tokens of a passage.</summary>
    public int? PassageTokens { get; init; }

    /// <summary>The token behind the first that marks a question.</summary>
    public string? QuestionMarker { get; init; }

    /// <summary>The token behind the first that marks a passage.</summary>
    public string? PassageMarker { get; init; }

    /// <summary>Whether tokens see the masks that fill a question up.</summary>
    public bool? AttendToMasks { get; init; }

    /// <summary>Whether a passage's punctuation has no vectors.</summary>
    public bool? SkipPunctuation { get; init; }

    public static LateInteractionConfiguration Read(string folder)
    {
        if (Open(Path.Combine(folder, "artifact.metadata")) is { } colbert)
        {
            return new LateInteractionConfiguration
            {
                QuestionTokens = colbert.OptionalCount("query_maxlen"),
                PassageTokens = colbert.OptionalCount("doc_maxlen"),
                QuestionMarker = colbert.String("query_token_id"),
                PassageMarker = colbert.String("doc_token_id"),
                AttendToMasks = OptionalBoolean(colbert, "attend_to_mask_tokens"),
                SkipPunctuation = OptionalBoolean(colbert, "mask_punctuation"),
            };
        }

        return Open(Path.Combine(folder, "config_sentence_transformers.json")) is { } pylate
            ? new LateInteractionConfiguration
            {
                QuestionTokens = pylate.OptionalCount("query_length"),
                PassageTokens = pylate.OptionalCount("document_length"),
                QuestionMarker = pylate.String("query_prefix"),
                PassageMarker = pylate.String("document_prefix"),
                AttendToMasks = OptionalBoolean(pylate, "attend_to_expansion_tokens"),
                SkipPunctuation = pylate.Strings("skiplist_words") is { } words ? words.Count > 0 : null,
            }
            : new LateInteractionConfiguration();
    }

    private static bool? OptionalBoolean(ModelConfiguration config, string key) => config.Has(key) ? config.Boolean(key, absent: false) : null;

    private static ModelConfiguration? Open(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        return new ModelConfiguration(document.RootElement.Clone(), path);
    }
}
