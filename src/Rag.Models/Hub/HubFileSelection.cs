using System.Text.RegularExpressions;
using Rag.Models.Configuration;

namespace Rag.Models.Hub;

/// <summary>Which files of a repository a model needs: configuration, tokenizer, safetensors weights; never code, never pickles.</summary>
internal static partial class HubFileSelection
{
    /// <summary>The name of the list of shards.</summary>
    public const string WeightsIndex = "model.safetensors.index.json";

    private const string SingleWeights = "model.safetensors";

    private static readonly HashSet<string> Small = new(StringComparer.Ordinal)
    {
        "config.json", "generation_config.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
        "chat_template.jinja", "chat_template.json",
        "modules.json", "config_sentence_transformers.json",
        "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE",
    };

    /// <summary>Everything needed but the shards that an index names.</summary>
    /// <exception cref="UnsupportedException">The repository has no safetensors weights or no config.json.</exception>
    public static IReadOnlyList<HubFile> Select(HubListing listing, string model)
    {
        if (!listing.Files.Any(file => file.Path == "config.json"))
        {
            throw new UnsupportedException($"The model {model} has no config.json, so it is not in the form that is read here (config.json and safetensors weights).", model);
        }

        List<HubFile> selected = [.. listing.Files.Where(file => Small.Contains(file.Path) || SentenceTransformerConfiguration.LengthFiles.Contains(file.Path) || Module().IsMatch(file.Path))];
        HubFile? weights = listing.Files.FirstOrDefault(file => file.Path == SingleWeights)
            ?? listing.Files.FirstOrDefault(file => file.Path == WeightsIndex);
        if (weights is null)
        {
            string found = string.Join(", ", listing.Files.Select(file => file.Path).Where(path => OtherWeights().IsMatch(path)).Take(3).Select(HubPath.Shown));
            throw new UnsupportedException(
                $"The model {model} has no safetensors weights{(found.Length > 0 ? $" (it has {found})" : "")}; choose a repository that has model.safetensors.", model);
        }

        selected.Add(weights);
        return selected;
    }

    /// <summary>The shards that an index names.</summary>
    /// <exception cref="CorruptException">It names a file that the repository does not have.</exception>
    public static IReadOnlyList<HubFile> Shards(HubListing listing, IEnumerable<string> names, string model)
    {
        Dictionary<string, HubFile> files = listing.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        return [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
            files.TryGetValue(name, out HubFile? file) && HubPath.IsSafe(name) && name.EndsWith(".safetensors", StringComparison.Ordinal)
                ? file
                : throw new CorruptException($"{WeightsIndex} of {model} names '{HubPath.Shown(name)}', which the repository does not have.", WeightsIndex))];
    }

    // The folders of sentence-transformers' modules, and further chat templates.
    [GeneratedRegex(@"^(?:[0-9]{1,2}_[A-Za-z]{1,40}/(?:config\.json|model\.safetensors)|additional_chat_templates/[A-Za-z0-9_-]{1,60}\.jinja)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Module();

    [GeneratedRegex(@"^[^/]{1,200}\.(?:safetensors|bin|pt|pth|gguf|h5|msgpack|onnx)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OtherWeights();
}
