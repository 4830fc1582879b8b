namespace Rag.Models.Packing;

/// <summary>
/// How the numbers of a packed matrix [rows, columns] lie (com.microsoft MatMulNBits, ContribOperators.md): along a row in blocks, the
/// last filled up with zeros, each block with a scale; value = (number - zero) * scale. Of two numbers in a byte the first is in the
/// low half.
/// </summary>
/// <param name="Bits">4 or 8; 16 for values in half precision as they are, one block a row and no scales.</param>
/// <param name="BlockSize">Numbers with one scale: a power of two from 16 on.</param>
/// <param name="Zeros">Whether every block has a zero of its own; else it is half of the range.</param>
/// <param name="IsTurned">Whether the numbers have a sign, one scale for a whole row, and lie [columns, rows], as products of integers take them.</param>
internal readonly record struct PackedForm(int Bits, int BlockSize, bool Zeros = false, bool IsTurned = false)
{
    /// <summary>
    /// Eight bits in blocks of 128, 64 or 32, the largest that divides a row: larger ones are multiplied up to half as fast again in
    /// a prompt, and cost little of eight bits.
    /// </summary>
    public static PackedForm Int8(int columns) => new(8, columns % 128 == 0 ? 128 : columns % 64 == 0 ? 64 : 32);

    /// <summary>Four bits in blocks of 32.</summary>
    public static PackedForm Int4 => new(4, 32);

    /// <summary>Eight bits with one scale a row, for com.microsoft MatMulIntegerToFloat.</summary>
    public static PackedForm Int8Rows(int columns) => new(8, columns, IsTurned: true);

    /// <summary>Half precision.</summary>
    public static PackedForm Half(int columns) => new(16, columns);

    /// <summary>Whether values are in half precision as they are.</summary>
    public bool IsHalf => Bits == 16;

    /// <summary>The number that stands for 0 where blocks have no zero of their own.</summary>
    public int Zero => 1 << (Bits - 1);

    /// <summary>Bytes of one block.</summary>
    public int BlockBytes => BlockSize * Bits / 8;

    /// <summary>Blocks of a row.</summary>
    public int Blocks(int columns) => (columns + BlockSize - 1) / BlockSize;

    /// <summary>Bytes of the zeros of a row.</summary>
    public int ZeroBytes(int columns) => ((Blocks(columns) * Bits) + 7) / 8;
}
