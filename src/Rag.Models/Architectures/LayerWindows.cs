using Rag.Models.Configuration;

namespace Rag.Models.Architectures;

/// <summary>Which layers see a window of tokens only. transformers 5 lists "layer_types"; earlier versions have a rule for each family.</summary>
internal static class LayerWindows
{
    /// <summary>The window of each layer; null where a layer sees all tokens.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="absent">The window where the key is absent; null for none.</param>
    /// <param name="slides">The family's rule, where no list is given.</param>
    public static int?[] Read(ModelConfiguration config, int layers, int? absent, Func<int, bool> slides)
    {
        bool[] sliding = Sliding(config, layers, slides);
        if (!sliding.Contains(true))
        {
            return new int?[layers];
        }

        int? window = config.IsNull("sliding_window") ? null : config.OptionalCount("sliding_window") ?? absent;
        return [.. sliding.Select(slide => slide ? window : null)];
    }

    /// <summary>Which layers see a window, for a family that states its size in a way of its own.</summary>
    /// <inheritdoc cref="Read"/>
    public static bool[] Sliding(ModelConfiguration config, int layers, Func<int, bool> slides)
    {
        IReadOnlyList<string>? types = config.Strings("layer_types");
        return types is not null && types.Count < layers
            ? throw config.Wrong("layer_types", $"a list of {layers} texts")
            : [.. Enumerable.Range(0, layers).Select(i => types is null ? slides(i) : Slides(config, types[i]))];
    }

    private static bool Slides(ModelConfiguration config, string type) => type switch
    {
        "sliding_attention" => true,
        "full_attention" => false,
        _ => throw new UnsupportedException($"{config.Path}: the layer type '{type}' is not supported; sliding_attention and full_attention are.", config.Path),
    };
}
