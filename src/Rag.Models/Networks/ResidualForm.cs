namespace Rag.Models.Networks;

/// <summary>Where a layer normalises.</summary>
internal enum ResidualForm
{
    /// <summary>x + f(norm(x)), for attention and then for the MLP.</summary>
    PreNorm,

    /// <summary>norm(x + f(x)), for attention and then for the MLP.</summary>
    PostNorm,
}
