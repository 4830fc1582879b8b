namespace Rag.Models.Graphs;

/// <summary>How the values of a weight are stored; see Quantization/QuantizedFormat.</summary>
internal enum WeightForm
{
    /// <summary>As floating-point numbers.</summary>
    Float,

    /// <summary>As bytes with one scale a row.</summary>
    Int8Rows,

    /// <summary>As half bytes with one scale for a block of neighbours of a row.</summary>
    Int4Blocks,
}
