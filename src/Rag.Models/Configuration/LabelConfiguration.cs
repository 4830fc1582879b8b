using System.Globalization;
using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>What config.json says of a classifier's labels (transformers configuration_utils.py: id2label, num_labels, problem_type).</summary>
internal sealed record LabelConfiguration
{
    private const int MostLabels = 1 << 20;

    /// <summary>The labels by number.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether several labels may hold at once, so that each has a probability of its own.</summary>
    public required bool Independent { get; init; }

    /// <summary>Whether a pair's only logit becomes a score between 0 and 1; null where nothing says.</summary>
    public bool? Sigmoid { get; init; }

    public static LabelConfiguration Read(ModelConfiguration config)
    {
        string? problem = config.String("problem_type");
        return new LabelConfiguration
        {
            Names = ReadNames(config),
            Independent = problem switch
            {
                null or "single_label_classification" => false,
                "multi_label_classification" => true,
                _ => throw new UnsupportedException($"{config.Path}: the problem_type '{problem}' is not supported; single_label_classification and multi_label_classification are.", config.Path),
            },
            Sigmoid = ReadActivation(config),
        };
    }

    private static string[] ReadNames(ModelConfiguration config)
    {
        if (config.Section("id2label") is not { } section)
        {
            int count = config.Count("num_labels", 2, MostLabels);
            return [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}"))];
        }

        JsonProperty[] labels = [.. section.Root.EnumerateObject()];
        string?[] names = new string?[labels.Length];
        foreach (JsonProperty label in labels)
        {
            bool numbered = int.TryParse(label.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < names.Length && names[id] is null;
            names[numbered ? id : throw config.Wrong("id2label", "labels numbered from 0 without a gap")] = section.RequireString(label.Name);
        }

        return names.Length > 0 ? [.. names.Select(name => name!)] : throw config.Wrong("id2label", "labels numbered from 0 without a gap");
    }

    // sentence-transformers writes a Python class: since version 4 in a section of its own, before as one key (cross_encoder/CrossEncoder.py).
    private static bool? ReadActivation(ModelConfiguration config)
    {
        string? name = config.Section("sentence_transformers")?.String("activation_fn") ?? config.String("sbert_ce_default_activation_function");
        return name?.Split('.')[^1] switch
        {
            null => null,
            "Sigmoid" => true,
            "Identity" => false,
            var other => throw new UnsupportedException($"{config.Path}: the activation '{other}' of a cross-encoder is not supported; Sigmoid and Identity are.", config.Path),
        };
    }
}
