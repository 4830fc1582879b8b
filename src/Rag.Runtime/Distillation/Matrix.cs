namespace Rag.Runtime.Distillation;

/// <summary>A dense matrix of single precision, row after row.</summary>
internal sealed class Matrix(int rows, int columns)
{
    private readonly float[] _values = new float[checked(rows * columns)];

    public int Rows => rows;

    public int Columns => columns;

    public Span<float> Row(int row) => _values.AsSpan(row * columns, columns);
}
