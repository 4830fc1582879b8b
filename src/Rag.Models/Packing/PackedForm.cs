namespace Rag.Models.Packing;

/// <summary>
/// How the numbers of a packed matrix [rows, columns] lie (com.microsoft MatMulNBits, ContribOperators.md): along a row in blocks, the
/// last filled up with zeros, each block with a scale; value = (number - zero) * scale. Of two numbers in a byte the first is in the
/// low half.
/// </summary>
/// <param name="Bits">4 or 8.</param>
/// <param name="BlockSize">Numbers with one scale: a power of two from 16 on.</param>
/// <param name="Zeros">Whether every block has a zero of its own; else it is half of the range.</param>
internal readonly record struct PackedForm(int Bits, int BlockSize, bool Zeros = false)
{
    /// <summary>The number that stands for 0 where blocks have no zero of their own.</summary>
    public int Zero => 1 << (Bits - 1);

    /// <summary>Bytes of one block.</summary>
    public int BlockBytes => BlockSize * Bits / 8;

    /// <summary>Blocks of a row.</summary>
    public int Blocks(int columns) => (columns + BlockSize - 1) / BlockSize;

    /// <summary>Bytes of the zeros of a row.</summary>
    public int ZeroBytes(int columns) => ((Blocks(columns) * Bits) + 7) / 8;
}
