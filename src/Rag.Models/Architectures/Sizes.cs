using Rag.Models.Configuration;

namespace Rag.Models.Architectures;

/// <summary>The sizes that nearly every configuration spells alike, checked against each other.</summary>
internal sealed record Sizes
{
    private const int MaxLayers = 1024;

    public required int Vocabulary { get; init; }

    public required int Hidden { get; init; }

    public required int Intermediate { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public static Sizes Read(ModelConfiguration config)
    {
        int hidden = config.RequireCount("hidden_size");
        int heads = config.RequireCount("num_attention_heads", most: 1 << 14);
        int keyValueHeads = config.Count("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0)
        {
            throw config.Wrong("num_key_value_heads", $"a divisor of num_attention_heads, {heads}");
        }

        if (!config.Has("head_dim") && hidden % heads != 0)
        {
            throw config.Wrong("num_attention_heads", $"a divisor of hidden_size, {hidden}");
        }

        return new Sizes
        {
            Vocabulary = config.RequireCount("vocab_size"),
            Hidden = hidden,
            Intermediate = config.RequireCount("intermediate_size"),
            Layers = config.RequireCount("num_hidden_layers", most: MaxLayers),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = config.Count("head_dim", hidden / heads, most: 1 << 16),
        };
    }
}
