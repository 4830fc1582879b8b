namespace Rag.Runtime.Vision.Png;

/// <summary>A part of an image that is stored as an image of its own: the whole, or one of the seven of Adam7 (section 8.2).</summary>
/// <param name="X">The column of its first pixel.</param>
/// <param name="Y">The row of its first pixel.</param>
/// <param name="StepX">Columns from one pixel to the next.</param>
/// <param name="StepY">Rows from one pixel to the next.</param>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    private static readonly PngPass[] Whole = [new(0, 0, 1, 1)];

    private static readonly PngPass[] Adam7 =
        [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    public static PngPass[] Of(PngHeader header) => header.Interlaced ? Adam7 : Whole;

    /// <summary>Pixels of a row of it; 0 where it has none.</summary>
    public int Columns(PngHeader header) => header.Width <= X ? 0 : (header.Width - X - 1) / StepX + 1;

    /// <summary>Its rows; 0 where it has none.</summary>
    public int Rows(PngHeader header) => header.Height <= Y ? 0 : (header.Height - Y - 1) / StepY + 1;

    /// <summary>Bytes of it before compression.</summary>
    public long Bytes(PngHeader header) => Columns(header) is var columns and > 0 ? Rows(header) * (1 + header.RowBytes(columns)) : 0;
}
