namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>The bytes at which something changes: between two of them all bytes are alike.</summary>
internal readonly record struct ByteBoundaries(ulong A, ulong B, ulong C, ulong D)
{
    public static ByteBoundaries operator |(ByteBoundaries x, ByteBoundaries y) => new(x.A | y.A, x.B | y.B, x.C | y.C, x.D | y.D);

    /// <summary>Whether a byte differs from the one before it.</summary>
    public bool this[int value] => (((value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D } >> (value & 63)) & 1) != 0;

    /// <summary>With one more; 256 and above add nothing.</summary>
    public ByteBoundaries With(int value) => value switch
    {
        < 64 => this with { A = A | (1UL << value) },
        < 128 => this with { B = B | (1UL << (value - 64)) },
        < 192 => this with { C = C | (1UL << (value - 128)) },
        < 256 => this with { D = D | (1UL << (value - 192)) },
        _ => this,
    };
}
