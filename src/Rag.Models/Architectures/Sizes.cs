using Rag.Models.Configuration;

namespace Rag.Models.Architectures;

/// <summary>The sizes that nearly every configuration spells alike, checked against each other.</summary>
internal sealed record Sizes
{
    public const int MaxLayers = 1024;
    private static readonly string[] HeadKeys = ["num_attention_heads", "n_head", "num_heads", "n_heads"];

    public required int Vocabulary { get; init; }

    public required int Hidden { get; init; }

    public required int Intermediate { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>Reads the sizes, in the spelling of today or in one of GPT-2's, T5's or DistilBERT's.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="headSize">The size of a head where nothing says; null for the hidden size divided by the heads.</param>
    /// <param name="widening">What the hidden size is multiplied by where nothing says how wide the MLP is; null where something must.</param>
    public static Sizes Read(ModelConfiguration config, int? headSize = null, int? widening = null)
    {
        int hidden = config.RequireCount(["hidden_size", "n_embd", "n_embed", "d_model", "dim"]);
        int heads = config.RequireCount(HeadKeys, most: 1 << 14);
        int keyValueHeads = config.Count("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0)
        {
            throw config.Wrong("num_key_value_heads", $"a divisor of num_attention_heads, {heads}");
        }

        if (!config.Has("head_dim") && headSize is null && hidden % heads != 0)
        {
            throw config.Wrong(HeadKeys.First(config.Has), $"a divisor of hidden_size, {hidden}");
        }

        string[] widths = ["intermediate_size", "n_inner", "ffn_hidden_size", "d_ff", "hidden_dim"];
        return new Sizes
        {
            Vocabulary = config.RequireCount("vocab_size"),
            Hidden = hidden,
            Intermediate = widening is { } times && !widths.Any(config.Has) ? times * hidden : config.RequireCount(widths),
            Layers = config.RequireCount(["num_hidden_layers", "n_layer", "num_layers", "n_layers"], most: MaxLayers),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = config.Count("head_dim", headSize ?? (hidden / heads), most: 1 << 16),
        };
    }
}
