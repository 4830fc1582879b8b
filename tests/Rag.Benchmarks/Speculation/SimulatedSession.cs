using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.Speculation;

/// <summary>A decoder that computes nothing: a step takes the time that a table says, by a clock of its own.</summary>
/// <param name="costs">Of steps of 1, 2, 3, ... tokens; the last slope goes on.</param>
internal sealed class SimulatedSession(double[] costs) : TimeProvider, IDecoderSession
{
    private const int Vocabulary = 1 << 18;
    private readonly float[] _logits = new float[65 * Vocabulary];
    private double _seconds;

    public int VocabularySize => Vocabulary;

    public int MaxPositions => int.MaxValue;

    public int Length { get; private set; }

    public double Seconds => _seconds;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => (long)(_seconds * TimestampFrequency);

    public double Cost(int tokens) => tokens <= costs.Length ? costs[tokens - 1] : costs[^1] + ((costs[^1] - costs[^2]) * (tokens - costs.Length));

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) => Append(tokens, 1, cancellationToken);

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default)
    {
        Length += tokens.Length;
        _seconds += Cost(tokens.Length) / 1000;
        return _logits.AsSpan(0, rows * VocabularySize);
    }

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits) => throw new NotSupportedException();

    public void Rewind(int length) => Length = length;

    public IDecoderSession Fork() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
