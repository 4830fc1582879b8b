using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>A decoder that computes nothing: a step takes the time that it is told, by a clock that nothing else moves.</summary>
internal sealed class TimedSession(StepClock time, Func<int, TimeSpan> cost) : IDecoderSession
{
    private readonly float[] _logits = new float[100 * 64];

    public int VocabularySize => 100;

    public int MaxPositions => 100_000;

    public int Length { get; private set; }

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) => Append(tokens, 1, cancellationToken);

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default)
    {
        Length += tokens.Length;
        time.Advance(cost(tokens.Length));
        return _logits.AsSpan(0, rows * VocabularySize);
    }

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits) => throw new NotSupportedException();

    public void Rewind(int length) => Length = length;

    public IDecoderSession Fork() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
