namespace Rag.Runtime.Generation.Scheduling;

/// <summary>The generations that have a session, and what a round does with them. Only the round that runs may use it.</summary>
/// <param name="batches">Runs decoding steps.</param>
/// <param name="prefillTokens">Tokens of prompts in a round, and the most in one piece.</param>
/// <param name="counts">Counts what is done.</param>
/// <param name="ended">Takes those that have ended: whether their sessions are sound, and the error where there was one.</param>
internal sealed class RunningGenerations(DecodeBatches batches, int prefillTokens, SchedulerCounts counts, Action<GenerationRun, bool, Exception?> ended)
{
    // In the order of their turns.
    private readonly List<GenerationRun> _prefilling = [];
    private readonly List<GenerationRun> _decoding = [];
    private Action<GenerationRun, Exception>? _failed;

    /// <summary>Those that there are.</summary>
    public int Count => _prefilling.Count + _decoding.Count;

    /// <summary>Takes one that has begun.</summary>
    public void Add(GenerationRun run) => Place(run);

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _prefilling.Clear();
        _decoding.Clear();
    }

    /// <summary>Ends those that were cancelled.</summary>
    public void EndCancelled()
    {
        EndCancelled(_prefilling);
        EndCancelled(_decoding);
    }

    /// <summary>Computes prompts, turn by turn and in the pieces that each would run alone: what else runs shows in nothing but the time.</summary>
    public void Prefill()
    {
        int spent = 0;
        while (_prefilling.Count > 0)
        {
            GenerationRun run = _prefilling[0];
            int piece = Math.Min(run.Waiting, prefillTokens);
            if (spent > 0 && spent + piece > prefillTokens)
            {
                return;
            }

            spent += piece;
            _prefilling.RemoveAt(0);
            try
            {
                run.Prefill(piece);
                counts.NotePrefill(piece);
            }
            catch (Exception e)
            {
                Fail(run, e);
                continue;
            }

            Place(run);
        }
    }

    /// <summary>Appends a token to every answer.</summary>
    public void Decode()
    {
        if (_decoding.Count == 0)
        {
            batches.DropEmpty();
            return;
        }

        batches.Run(_decoding, _failed ??= Fail, counts);
        for (int i = _decoding.Count - 1; i >= 0; i--)
        {
            GenerationRun run = _decoding[i];
            if (run.HasEnded || run.IsPrefilling)
            {
                _decoding.RemoveAt(i);
                Place(run);
            }
        }

        batches.DropEmpty();
    }

    // Puts one that is in no list where its next step belongs.
    private void Place(GenerationRun run)
    {
        if (run.HasEnded)
        {
            ended(run, true, null);
        }
        else
        {
            (run.IsPrefilling ? _prefilling : _decoding).Add(run);
        }
    }

    private void EndCancelled(List<GenerationRun> runs)
    {
        for (int i = runs.Count - 1; i >= 0; i--)
        {
            if (runs[i].Token.IsCancellationRequested)
            {
                Fail(runs[i], runs[i].Cancelled());
            }
        }
    }

    private void Fail(GenerationRun run, Exception error)
    {
        _prefilling.Remove(run);
        _decoding.Remove(run);
        bool cancelled = error is OperationCanceledException or RequestTimeoutException;
        ended(run, cancelled, cancelled && run.Token.IsCancellationRequested ? run.Cancelled() : error);
    }
}
