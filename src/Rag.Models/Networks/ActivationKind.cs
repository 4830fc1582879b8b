namespace Rag.Models.Networks;

/// <summary>The nonlinearity of an MLP or a head.</summary>
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

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x * sigmoid(1.702 x), the approximation of <see cref="Gelu"/> that CLIP was trained with.</summary>
    QuickGelu,
}
