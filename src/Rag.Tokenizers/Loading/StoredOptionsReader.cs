using System.Text.Json;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the truncation and the padding that a tokenizer.json stores.</summary>
internal static class StoredOptionsReader
{
    public static EncodeOptions Read(JsonComponent? truncation, JsonComponent? padding) => new()
    {
        MaxTokens = truncation?.Int("max_length", 512),
        Truncation = truncation is { } cut ? Strategy(cut) : TruncationStrategy.LongestFirst,
        TruncationSide = Side(truncation),
        WindowOverlap = truncation?.Int("stride", 0) ?? 0,
        Padding = padding is { } fill ? Padding(fill) : null,
    };

    private static TruncationStrategy Strategy(JsonComponent component) => component.StringOrNull("strategy") switch
    {
        null or "LongestFirst" => TruncationStrategy.LongestFirst,
        "OnlyFirst" => TruncationStrategy.OnlyFirst,
        "OnlySecond" => TruncationStrategy.OnlySecond,
        { } other => throw component.Unsupported($"a truncation strategy '{other}'"),
    };

    private static TextSide Side(JsonComponent? component) => component?.StringOrNull("direction") switch
    {
        null or "Right" => TextSide.End,
        "Left" => TextSide.Start,
        { } other => throw component!.Value.Unsupported($"a direction '{other}'"),
    };

    private static PaddingOptions Padding(JsonComponent component) => new()
    {
        Length = Length(component.Child("strategy")),
        MultipleOf = component.ChildOrNull("pad_to_multiple_of")?.AsInt(0, 1 << 24) is { } multiple and > 0 ? multiple : null,
        Side = Side(component),
        Id = component.Int("pad_id", 0),
        TypeId = component.Int("pad_type_id", 0),
        Token = component.StringOrNull("pad_token") ?? "[PAD]",
    };

    // "BatchLongest", or {"Fixed": n}.
    private static int? Length(JsonComponent strategy) => strategy.Element.ValueKind == JsonValueKind.String
        ? strategy.AsString() == "BatchLongest" ? null : throw strategy.Unsupported($"a padding strategy '{strategy.AsString()}'")
        : strategy.Int("Fixed", max: 1 << 24);
}
