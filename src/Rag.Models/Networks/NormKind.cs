namespace Rag.Models.Networks;

/// <summary>How a hidden state is normalised.</summary>
internal enum NormKind
{
    /// <summary>(x - mean) / sqrt(variance + eps) * w + b.</summary>
    Layer,

    /// <summary>x / sqrt(mean(x^2) + eps) * w.</summary>
    RootMeanSquare,
}
