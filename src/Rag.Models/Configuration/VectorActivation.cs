namespace Rag.Models.Configuration;

/// <summary>The nonlinearity of a module, by the last part of PyTorch's class name.</summary>
internal enum VectorActivation
{
    /// <summary>None.</summary>
    Identity,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x * Phi(x), with the error function.</summary>
    GELU,

    /// <summary>x * sigmoid(x).</summary>
    SiLU,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,
}
