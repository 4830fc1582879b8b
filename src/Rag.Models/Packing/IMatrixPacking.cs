using Rag.Models.Networks;

namespace Rag.Models.Packing;

/// <summary>Says which matrices of a network are multiplied in packed form.</summary>
internal interface IMatrixPacking
{
    /// <summary>Of MatMulNBits: 4 rounds activations to eight bits by block and multiplies integers, 1 multiplies in single precision.</summary>
    int AccuracyLevel { get; }

    /// <summary>The packed matrix; null where it is to be taken in single precision.</summary>
    PackedMatrix? Find(Weight weight);

    /// <summary>The packed matrix where a table of word embeddings is one as well; else null.</summary>
    PackedMatrix? FindTable(Weight table);

    /// <summary>Matrices one under another, with row i of the second ones behind row i of the first where there are any; null where they are to be taken in single precision.</summary>
    PackedMatrix? FindStacked(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second);
}
