using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Generation.Beams;

/// <summary>A session that says when it is closed.</summary>
internal sealed class CountedSession(IDecoderSession session, Action closed) : IDecoderSession
{
    public int VocabularySize => session.VocabularySize;

    public int MaxPositions => session.MaxPositions;

    public int Length => session.Length;

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) => session.Append(tokens, cancellationToken);

    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken = default) => session.Append(tokens, rows, cancellationToken);

    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits) => session.AppendAll(tokens, logits);

    public void Rewind(int length) => session.Rewind(length);

    public IDecoderSession Fork() => session.Fork();

    public void Dispose()
    {
        session.Dispose();
        closed();
    }
}
