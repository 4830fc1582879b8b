namespace Rag.Models.Networks;

/// <summary>
/// Some rows of a tensor that holds several matrices in one. Read as [groups, units, rest], units start to start + count
/// of every group are taken; what is taken is a matrix of rows of <paramref name="RowSize"/>, or a vector where that is 0.
/// Fused queries, keys and values, gates beside their other halves, and experts in one tensor are all of this kind.
/// </summary>
internal sealed record WeightRows(int Groups, int Units, int Start, int Count, long RowSize);
