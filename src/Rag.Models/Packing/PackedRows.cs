namespace Rag.Models.Packing;

/// <summary>A matrix that gives its rows in packed form. Not thread-safe.</summary>
/// <param name="form">The form.</param>
/// <param name="rows">Outputs.</param>
/// <param name="columns">Inputs.</param>
internal abstract class PackedRows(PackedForm form, long rows, int columns)
{
    public PackedForm Form { get; } = form;

    public long Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>Packs whole rows.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">Receives the numbers of each row.</param>
    /// <param name="scales">Receives the scales of each row.</param>
    /// <param name="zeros">Receives the zeros of each row; empty where the form has none.</param>
    /// <exception cref="CorruptException">A value is not finite.</exception>
    public abstract void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros);
}
