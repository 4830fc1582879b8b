namespace Rag.Models.Packing.Sources;

/// <summary>
/// A matrix of a checkpoint in single precision, whatever it is stored as and wherever its rows lie, read some rows at a time.
/// Not thread-safe.
/// </summary>
/// <param name="rows">Outputs.</param>
/// <param name="columns">Inputs.</param>
internal abstract class MatrixReader(long rows, int columns)
{
    public long Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>Reads whole rows.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="values">Receives as many rows as it has room for.</param>
    public abstract void Read(long first, Span<float> values);
}
