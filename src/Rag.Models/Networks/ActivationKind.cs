namespace Rag.Models.Networks;

/// <summary>The nonlinearity of an MLP.</summary>
internal enum ActivationKind
{
    /// <summary>x * sigmoid(x).</summary>
    Silu,

    /// <summary>x * Phi(x), with the error function.</summary>
    Gelu,

    /// <summary>The tanh approximation of <see cref="Gelu"/>.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}
