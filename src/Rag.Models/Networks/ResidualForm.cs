namespace Rag.Models.Networks;

/// <summary>How a layer's two blocks join the residual stream.</summary>
internal enum ResidualForm
{
    /// <summary>x + f(norm(x)), for the mixer and then for the MLP.</summary>
    PreNorm,

    /// <summary>norm(x + f(x)), for the mixer and then for the MLP.</summary>
    PostNorm,

    /// <summary>x + f(norm(x)) + g(norm(x)): both blocks read the same x. Without a norm of its own the MLP shares the mixer's.</summary>
    Parallel,
}
