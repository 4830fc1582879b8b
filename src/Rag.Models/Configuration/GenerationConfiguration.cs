namespace Rag.Models.Configuration;

/// <summary>What generation_config.json, else config.json, says about the ends of a sequence.</summary>
public sealed record GenerationConfiguration
{
    /// <summary>Ids that end a sequence; empty where the model names none.</summary>
    public required IReadOnlyList<int> EosTokenIds { get; init; }

    /// <summary>The id that begins a sequence, where the model names one.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The id of padding, where the model names one.</summary>
    public int? PadTokenId { get; init; }

    internal static GenerationConfiguration Read(ModelConfiguration? generation, ModelConfiguration model) => new()
    {
        EosTokenIds = Ids(generation, model, "eos_token_id"),
        BosTokenId = Ids(generation, model, "bos_token_id") is [int bos, ..] ? bos : null,
        PadTokenId = PadOf(generation) ?? PadOf(model),
    };

    private static IReadOnlyList<int> Ids(ModelConfiguration? generation, ModelConfiguration model, string key) =>
        generation is not null && generation.Has(key) ? generation.TokenIds(key) : model.TokenIds(key);

    // Some published configurations say -1 for "none".
    private static int? PadOf(ModelConfiguration? config) =>
        config is not null && config.Has("pad_token_id") && config.Root.GetProperty("pad_token_id") is { ValueKind: System.Text.Json.JsonValueKind.Number } id &&
        id.TryGetInt32(out int value) && value >= 0 ? value : null;
}
