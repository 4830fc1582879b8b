namespace Rag.Runtime.Verification;

/// <summary>One row of the table, while what it compares is computed.</summary>
internal sealed class Comparison(string name, double tolerance)
{
    private long _compared;
    private double _largest;
    private string? _note;

    /// <summary>Compares what is computed with what is expected; not a number is no agreement, another length neither.</summary>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        _compared += expected.Length;
        if (expected.Length != actual.Length)
        {
            _largest = double.PositiveInfinity;
            _note ??= $"{actual.Length} numbers where {expected.Length} are expected";
            return;
        }

        float distance = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            distance = MathF.Max(distance, MathF.Abs(expected[i] - actual[i]));
        }

        _largest = float.IsNaN(distance) ? double.PositiveInfinity : Math.Max(_largest, distance);
    }

    /// <summary>Keeps what a person should know; of several the first.</summary>
    public void Note(string note) => _note ??= note;

    public VerificationCase End() => new(name, _compared, _largest, null, _largest <= tolerance, _note);
}
