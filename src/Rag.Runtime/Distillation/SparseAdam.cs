namespace Rag.Runtime.Distillation;

/// <summary>
/// Adam (D. P. Kingma and J. Ba, 2015) over the rows of a table, where a step moves only the rows that have a gradient and leaves
/// the moments of all others as they are. Rows may be updated at the same time, each by one thread.
/// </summary>
internal sealed class SparseAdam(Matrix table)
{
    private const float Beta1 = .9f, Beta2 = .999f, Epsilon = 1e-8f;
    private readonly Matrix _first = new(table.Rows, table.Columns);
    private readonly Matrix _second = new(table.Rows, table.Columns);
    private float _rate;
    private float _correction;
    private int _step;

    /// <summary>Begins a step.</summary>
    /// <param name="learningRate">Its size.</param>
    public void Begin(double learningRate)
    {
        _step++;
        _rate = (float)(learningRate / (1 - Math.Pow(Beta1, _step)));
        _correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _step)));
    }

    /// <summary>Moves a row against its gradient.</summary>
    public void Update(int row, ReadOnlySpan<float> gradient)
    {
        Span<float> values = table.Row(row);
        Span<float> first = _first.Row(row);
        Span<float> second = _second.Row(row);
        int at = 0;
        if (System.Numerics.Vector.IsHardwareAccelerated)
        {
            int step = System.Numerics.Vector<float>.Count;
            for (; at <= values.Length - step; at += step)
            {
                System.Numerics.Vector<float> g = new(gradient[at..]);
                System.Numerics.Vector<float> m = (new System.Numerics.Vector<float>(first[at..]) * Beta1) + (g * (1 - Beta1));
                System.Numerics.Vector<float> v = (new System.Numerics.Vector<float>(second[at..]) * Beta2) + (g * g * (1 - Beta2));
                m.CopyTo(first[at..]);
                v.CopyTo(second[at..]);
                System.Numerics.Vector<float> divisor = (System.Numerics.Vector.SquareRoot(v) * _correction) + new System.Numerics.Vector<float>(Epsilon);
                (new System.Numerics.Vector<float>(values[at..]) - (m * _rate / divisor)).CopyTo(values[at..]);
            }
        }

        for (; at < values.Length; at++)
        {
            first[at] = (first[at] * Beta1) + (gradient[at] * (1 - Beta1));
            second[at] = (second[at] * Beta2) + (gradient[at] * gradient[at] * (1 - Beta2));
            values[at] -= first[at] * _rate / ((MathF.Sqrt(second[at]) * _correction) + Epsilon);
        }
    }
}
