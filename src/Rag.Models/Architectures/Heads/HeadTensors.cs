using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures.Heads;

/// <summary>Describes a head's layers by their names, as the tensors that are there spell them.</summary>
internal sealed class HeadTensors(ModelConfiguration config, SafetensorsFolder weights, NetworkDescription network)
{
    public ModelConfiguration Config => config;

    public NetworkDescription Network => network;

    public bool Has(string name) => weights.Find(name + ".weight") is not null;

    /// <summary>The name, or that behind any prefix, of a layer that is there; null where none is.</summary>
    public string? Find(string name)
    {
        string whole = name + ".weight";
        return weights.Names.Where(tensor => tensor == whole || tensor.EndsWith("." + whole, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).FirstOrDefault()?[..^".weight".Length];
    }

    /// <summary>The first of the names that is there.</summary>
    public string? FirstOf(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (weights.Find(name) is not null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Rows of the layer's matrix; null where it is not there.</summary>
    public int? Outputs(string name) => weights.Find(name + ".weight")?.Shape is [var rows, _] ? (int)rows : null;

    /// <summary>A linear layer, with a bias where one is there.</summary>
    public LinearDescription Linear(string name, int inputs, int outputs) =>
        LinearDescription.Named(name, inputs, outputs, weights.Find(name + ".bias") is not null);

    /// <summary>A layer norm, in the spelling of today or in TensorFlow's, with a bias where one is there.</summary>
    public NormDescription Norm(string name, int size)
    {
        bool old = weights.Find(name + ".weight") is null && weights.Find(name + ".gamma") is not null;
        string bias = name + (old ? ".beta" : ".bias");
        return new NormDescription(
            NormKind.Layer,
            new Weight(name + (old ? ".gamma" : ".weight"), size),
            weights.Find(bias) is null ? null : new Weight(bias, size),
            (float)(config.OptionalDouble("norm_eps") ?? config.Double("layer_norm_eps", config.ModelType == "modernbert" ? 1e-5 : 1e-12)));
    }

    public ActivationKind Activation(string key, string absent) => Activations.Read(config, key, absent);
}
