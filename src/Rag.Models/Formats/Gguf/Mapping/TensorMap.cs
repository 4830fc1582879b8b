using System.Globalization;

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
    public IEnumerable<MappedTensor> Tensors() => settings.Files.Files.SelectMany(
        file => file.Tensors.Where(tensor => !Settings.Contains(tensor.Name, StringComparer.Ordinal)).SelectMany(tensor => Map(file, tensor)));

    private IEnumerable<MappedTensor> Map(GgufFile file, GgufTensorInfo tensor)
    {
        (string stem, string layer, string suffix) = Split(tensor.Name);
        if (!_rules.TryGetValue(stem, out TensorRule rule) || suffix is not (".weight" or ".bias"))
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

        string name = rule.To.Replace("#", layer, StringComparison.Ordinal) + suffix;
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
                    ? [new MappedTensor(name, file, tensor, tensor.Shape, rule.Change, heads)]
                    : throw Misfit(file, tensor, $"rows of {heads} heads of even size");
            case TensorChange.Transposed when tensor.Shape is [var rows, var columns]:
                return [new MappedTensor(name, file, tensor, [columns, rows], rule.Change)];
            case TensorChange.OnlyRow when tensor.Shape is [var length]:
                return [new MappedTensor(name, file, tensor, [1, length], rule.Change)];
            default:
                return [new MappedTensor(name, file, tensor, tensor.Shape, suffix == ".weight" && rule.Change == TensorChange.PlusOne ? rule.Change : TensorChange.None)];
        }
    }

    // "blk.7.attn_q.weight" is "blk.#.attn_q", "7" and ".weight".
    private static (string Stem, string Layer, string Suffix) Split(string name)
    {
        int end = Math.Max(0, name.LastIndexOf('.'));
        (string stem, string suffix) = (name[..end], name[end..]);
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
