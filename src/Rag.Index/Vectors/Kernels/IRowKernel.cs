namespace Rag.Index.Vectors.Kernels;

/// <summary>Compares rows of one <see cref="Rows.RowFormat"/>. A greater score is a better one.</summary>
internal unsafe interface IRowKernel
{
    /// <summary>The score of two rows.</summary>
    /// <param name="a">A row.</param>
    /// <param name="b">Another.</param>
    /// <param name="padded">Values of a row with its padding, a multiple of 32.</param>
    static abstract float Score(byte* a, byte* b, int padded);

    /// <summary>The scores of one row with four others, which hides the time that memory takes.</summary>
    static abstract void Score4(byte* a, byte* b0, byte* b1, byte* b2, byte* b3, int padded, float* scores);
}
