namespace Rag.Models.Networks.Heads;

/// <summary>What a head does with its last layer's numbers.</summary>
internal enum HeadFinish
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Divides them by their L2 norm.</summary>
    UnitLength,

    /// <summary>The maximum of log(1 + max(x, 0)) over the attended tokens (SPLADE, arXiv 2109.10086, section 3).</summary>
    SparseMaximum,
}
