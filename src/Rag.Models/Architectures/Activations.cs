using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The names that configurations give to activations (transformers activations.py).</summary>
internal static class Activations
{
    public static ActivationKind Read(ModelConfiguration config, string key, string absent) => (config.String(key) ?? absent) switch
    {
        "silu" or "swish" => ActivationKind.Silu,
        "gelu" or "gelu_python" => ActivationKind.Gelu,
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => ActivationKind.GeluTanh,
        "relu" => ActivationKind.Relu,
        "tanh" => ActivationKind.Tanh,
        "quick_gelu" => ActivationKind.QuickGelu,
        var other => throw new UnsupportedException($"{config.Path}: the activation '{other}' ({key}) is not supported; silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu and tanh are.", config.Path),
    };
}
