using System.Numerics.Tensors;

namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>Guesses what a smaller model finds most probable; its session follows the sequence, and forgets guesses that were wrong. Not thread-safe.</summary>
internal sealed class DraftModelDrafter(DraftModel model, TimeProvider time) : IDisposable
{
    private CachedSession? _session;

    /// <summary>Guesses until the draft is full.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; what comes next is as it would have been.</exception>
    public void Guess(ReadOnlySpan<int> sequence, Draft draft, CancellationToken cancellationToken)
    {
        bool first = _session is null;
        _session ??= model.Rent(sequence);
        long start = time.GetTimestamp();
        int room = _session.MaxPositions - sequence.Length;
        if (room < 1)
        {
            return;
        }

        int kept = _session.Begin(sequence);
        ReadOnlySpan<float> logits = _session.Append(sequence[kept..], cancellationToken);
        int token = TensorPrimitives.IndexOfMax(logits);
        draft.Add(token, DraftLevel.Model);
        Span<int> next = stackalloc int[1];
        for (; !draft.IsFull && draft.Count <= room; draft.Add(token, DraftLevel.Model))
        {
            next[0] = token;
            token = TensorPrimitives.IndexOfMax(_session.Append(next, cancellationToken));
        }

        // The first time it reads the prompt.
        if (!first)
        {
            model.NoteTime(time.GetElapsedTime(start).TotalSeconds / draft.Count);
        }
    }

    public void Dispose()
    {
        if (_session is not null)
        {
            model.Return(_session);
            _session = null;
        }
    }
}
