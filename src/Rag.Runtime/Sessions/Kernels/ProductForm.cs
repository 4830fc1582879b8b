namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Forms of a matrix whose products are compared.</summary>
internal enum ProductForm
{
    /// <summary>Eight bits with a scale for 128 neighbours of a row.</summary>
    EightBitBlocks,

    /// <summary>Four bits with a scale for 32, as checkpoints in four bits hold them.</summary>
    FourBitBlocks,

    /// <summary>Eight bits with one scale a row.</summary>
    EightBitRows,
}
