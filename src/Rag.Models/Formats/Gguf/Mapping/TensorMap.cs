using System.Globalization;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>Finds where each tensor of a model belongs.</summary>
internal sealed class TensorMap(GgufFamily family, GgufSettings settings)
{
    private const string LayerPrefix = "blk.";
    private const int MaxExperts = 4096;

    // What went into the configuration instead.
    private static readonly string[] Settings = ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"];

    private readonly Dictionary<string, TensorRule> _rules = family.Rules.ToDictionary(rule => rule.From, StringComparer.Ordinal);

    /// <summary>Every tensor of the checkpoint.</summary>
    /// <exception cref="UnsupportedException">A tensor is none of the family's.</exception>
    /// <exception cref="IncompatibleException">A shape does not fit the metadata.</exception>
    public IEnumerable<StreamedTensor> Tensors() => settings.Files.Files.SelectMany(
        file => file.Tensors.Where(tensor => !Settings.Contains(tensor.Name, StringComparer.Ordinal)).SelectMany(tensor => Map(file, tensor)));

    private IEnumerable<StreamedTensor> Map(GgufFile file, GgufTensorInfo tensor)
    {
        (string stem, string layer, string suffix) = Split(tensor.Name);
        if (layer.Length > 0 && int.Parse(layer, CultureInfo.InvariantCulture) >= settings.Layers && settings.PredictionLayers > 0)
        {
            // Layers that predict further tokens are no part of the model itself.
            return [];
        }

        string expert = "";
        if (!_rules.TryGetValue(stem, out TensorRule rule) && stem.LastIndexOf('.') is > 0 and var dot && stem[(dot + 1)..] is { Length: > 0 and <= 4 } number && number.All(char.IsAsciiDigit))
        {
            // Files from before experts were put into one tensor.
            expert = number;
            _rules.TryGetValue(stem[..dot] + ".@", out rule);
        }

        if (rule.From is null || (suffix.Length == 0 && !rule.Bare))
        {
            throw new UnsupportedException($"{file.FilePath}: the tensor '{tensor.Name}' (byte {tensor.Offset}) is not known in the architecture '{family.Architecture}'.", file.FilePath);
        }

        if (tensor.Format.Decode is null)
        {
            throw new UnsupportedException($"{file.FilePath}: the tensor '{tensor.Name}' (byte {tensor.Offset}) is {tensor.Describe()}, which is no form of a weight.", file.FilePath);
        }

        if (tensor.ElementCount == 0)
        {
            throw Misfit(file, tensor, "values");
        }

        string name = rule.To.Replace("#", layer, StringComparison.Ordinal) + (rule.Bare ? "" : suffix);
        name = expert.Length > 0 ? name.Replace("@", expert, StringComparison.Ordinal) : name;
        switch (rule.Change)
        {
            case TensorChange.LatentValues:
                return [];
            case TensorChange.LatentKeys:
                return [Latent(file, tensor, layer, name).ToStreamed()];
            default:
                return Map(file, tensor, rule, name, suffix).Select(mapped => mapped.ToStreamed());
        }
    }

    private LatentTensor Latent(GgufFile file, GgufTensorInfo keys, string layer, string name)
    {
        string other = $"{LayerPrefix}{layer}.attn_v_b.weight";
        GgufFile holding = settings.Files.Holding(other) ?? throw new IncompatibleException($"{file.FilePath} holds '{keys.Name}' (byte {keys.Offset}), but lacks '{other}'.", file.FilePath);
        LatentTensor latent = new(name, file, keys, holding, holding.Require(other));
        return latent.Fits ? latent : throw Misfit(file, keys, $"three dimensions, heads, latent and key, that fit '{other}', {latent.Values.Describe()}");
    }

    private IEnumerable<MappedTensor> Map(GgufFile file, GgufTensorInfo tensor, TensorRule rule, string name, string suffix)
    {
        switch (rule.Change)
        {
            case TensorChange.Experts when tensor.Shape is [var experts, var outputs, var inputs] && experts == settings.Count("expert_count") && experts <= MaxExperts:
                return Enumerable.Range(0, (int)experts).Select(expert => new MappedTensor(
                    name.Replace("@", expert.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), file, tensor, [outputs, inputs], rule.Change, First: expert * outputs * inputs));
            case TensorChange.Experts:
                throw Misfit(file, tensor, $"three dimensions: experts ('{family.Architecture}.expert_count', up to {MaxExperts}), outputs and inputs");
            case TensorChange.PairedQueries or TensorChange.PairedKeys:
                int heads = rule.Change == TensorChange.PairedQueries ? settings.Heads : settings.KeyValueHeads;
                return tensor.Shape.Count > 0 && tensor.Shape[0] % (2L * heads) == 0
                    ? [new MappedTensor(name, file, tensor, tensor.Shape, rule.Change) { Row = row => MappedTensor.PairedRow(row, tensor.Shape[0] / heads) }]
                    : throw Misfit(file, tensor, $"rows of {heads} heads of even size");
            case TensorChange.FusedHeads:
                (long all, long keyHeads) = (settings.Heads, settings.KeyValueHeads);
                long slots = all + (2 * keyHeads);
                return tensor.Shape.Count > 0 && tensor.Shape[0] % slots == 0 && all % keyHeads == 0
                    ? [new MappedTensor(name, file, tensor, tensor.Shape, rule.Change) { Row = row => MappedTensor.FusedRow(row, tensor.Shape[0] / slots, all, keyHeads) }]
                    : throw Misfit(file, tensor, $"rows of {all} heads and {keyHeads} each for keys and values");
            case TensorChange.Folded or TensorChange.NegativePowers:
                return [new MappedTensor(name, file, tensor, [tensor.ElementCount], rule.Change)];
            case TensorChange.MiddleLeftOut when tensor.Shape is [var channels, var length]:
                return [new MappedTensor(name, file, tensor, [channels, 1, length], rule.Change)];
            case TensorChange.Transposed when tensor.Shape is [var rows, var columns]:
                return [new MappedTensor(name, file, tensor, [columns, rows], rule.Change)];
            case TensorChange.OnlyRow when tensor.Shape is [var size]:
                return [new MappedTensor(name, file, tensor, [1, size], rule.Change)];
            default:
                return [new MappedTensor(name, file, tensor, tensor.Shape, suffix == ".weight" && rule.Change == TensorChange.PlusOne ? rule.Change : TensorChange.None)];
        }
    }

    // "blk.7.attn_q.weight" is "blk.#.attn_q", "7" and ".weight".
    private static (string Stem, string Layer, string Suffix) Split(string name)
    {
        string suffix = name.EndsWith(".weight", StringComparison.Ordinal) ? ".weight" : name.EndsWith(".bias", StringComparison.Ordinal) ? ".bias" : "";
        string stem = name[..^suffix.Length];
        if (!stem.StartsWith(LayerPrefix, StringComparison.Ordinal) || stem.IndexOf('.', LayerPrefix.Length) is not (> 0 and var dot))
        {
            return (stem, "", suffix);
        }

        string layer = stem[LayerPrefix.Length..dot];
        return layer.Length is > 0 and <= 4 && layer.All(char.IsAsciiDigit) ? (LayerPrefix + "#" + stem[dot..], layer, suffix) : (stem, "", suffix);
    }

    private static IncompatibleException Misfit(GgufFile file, GgufTensorInfo tensor, string wanted) =>
        new($"{file.FilePath}: the tensor '{tensor.Name}' (byte {tensor.Offset}) is {tensor.Describe()}; it must have {wanted}.", file.FilePath);
}
