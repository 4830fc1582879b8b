using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>
/// Runs the next token of generations that decode: those whose sessions can share a step in one, the others alone. A batch is
/// there while two or more share it. Not thread-safe.
/// </summary>
/// <param name="budget">What batches take memory from.</param>
/// <param name="least">The fewest that share a step: with 1, everybody that can is in a batch.</param>
internal sealed class DecodeBatches(CacheBudget budget, int least = 2)
{
    private readonly List<IDecoderBatch> _batches = [];
    private readonly List<GenerationRun> _members = [];
    private readonly List<GenerationRun> _alone = [];
    private readonly List<BatchKey> _keys = [];
    private Exception?[] _errors = [];
    private RowWork? _work;
    private IDecoderBatch? _chosenFrom;

    /// <summary>Sequences that share steps now, and the memory for that.</summary>
    public (int Rows, long Bytes) Shared
    {
        get
        {
            (int rows, long bytes) = (0, 0L);
            foreach (IDecoderBatch batch in _batches)
            {
                (rows, bytes) = (rows + batch.Count, bytes + batch.Bytes);
            }

            return (rows, bytes);
        }
    }

    /// <summary>Appends a token to every generation.</summary>
    /// <param name="ready">Generations that have a token to run.</param>
    /// <param name="failed">Told of every one that failed.</param>
    /// <param name="counts">Counts the steps.</param>
    public void Run(List<GenerationRun> ready, Action<GenerationRun, Exception> failed, SchedulerCounts counts)
    {
        foreach (GenerationRun run in ready)
        {
            run.SetAlone(ready.Count == 1);
        }

        _alone.Clear();
        _alone.AddRange(ready);
        for (int i = _batches.Count - 1; i >= 0; i--)
        {
            RunShared(_batches[i], failed, counts);
        }

        // What is left may be enough for batches that are not there yet.
        FindNewKeys();
        foreach (BatchKey key in _keys)
        {
            if (Create(key) is { } batch)
            {
                RunShared(batch, failed, counts);
            }
        }

        foreach (GenerationRun run in _alone)
        {
            try
            {
                run.StepAlone();
                counts.NoteStep(1);
            }
            catch (Exception e)
            {
                failed(run, e);
            }
        }
    }

    /// <summary>Gives back what nobody shares any more.</summary>
    public void DropEmpty()
    {
        for (int i = _batches.Count - 1; i >= 0; i--)
        {
            if (_batches[i].Count == 0)
            {
                _batches[i].Dispose();
                _batches.RemoveAt(i);
            }
        }
    }

    private static BatchKey? Key(GenerationRun run) => run.RunsAlone ? null : run.Session!.BatchKey;

    private void FindNewKeys()
    {
        _keys.Clear();
        foreach (GenerationRun run in _alone)
        {
            if (Key(run) is { } key && !_keys.Contains(key) && IsNew(key) && CountOf(key) >= least)
            {
                _keys.Add(key);
            }
        }
    }

    private bool IsNew(BatchKey key)
    {
        foreach (IDecoderBatch batch in _batches)
        {
            if (batch.Key == key)
            {
                return false;
            }
        }

        return true;
    }

    private int CountOf(BatchKey key)
    {
        int count = 0;
        foreach (GenerationRun run in _alone)
        {
            count += Key(run) == key ? 1 : 0;
        }

        return count;
    }

    private void RunShared(IDecoderBatch batch, Action<GenerationRun, Exception> failed, SchedulerCounts counts)
    {
        bool ran = false;
        try
        {
            Gather(batch, failed);
            ran = _members.Count >= least;
            if (ran)
            {
                Step(batch);
            }
        }
        catch (Exception)
        {
            // Nobody knows whose fault it is: each runs alone from here on, and who fails then has failed.
            ran = false;
            SetAlone(_members, batch.Key);
            SetAlone(_alone, batch.Key);
        }

        if (!ran)
        {
            _alone.AddRange(_members);
            _members.Clear();
            Close(batch, failed);
            return;
        }

        counts.NoteStep(_members.Count);
        _chosenFrom = batch;
        (_work ??= new RowWork(Choose)).Run(_members.Count);

        // Only now, since who fails leaves the batch, and with that the logits are gone.
        for (int i = 0; i < _members.Count; i++)
        {
            if (_errors[i] is { } error)
            {
                _errors[i] = null;
                failed(_members[i], error);
            }
        }
    }

    // Tokens are drawn, masked and decoded on several threads at once: none of that is shared by two generations.
    private void Choose(int i)
    {
        try
        {
            _members[i].NoteShared(_chosenFrom!.Logits((IBatchSession)_members[i].Session!.Inner));
        }
        catch (Exception e)
        {
            _errors[i] = e;
        }
    }

    private void Step(IDecoderBatch batch)
    {
        foreach (GenerationRun run in _members)
        {
            batch.Place((IBatchSession)run.Session!.Inner, run.NextToken);
        }

        batch.Run();
    }

    // Null where there can be none: each runs alone then.
    private IDecoderBatch? Create(BatchKey key)
    {
        try
        {
            GenerationRun first = _alone.First(run => Key(run) == key);
            IDecoderBatch batch = ((IBatchSession)first.Session!.Inner).CreateBatch(budget);
            _batches.Add(batch);
            return batch;
        }
        catch (Exception)
        {
            SetAlone(_alone, key);
            return null;
        }
    }

    private static void SetAlone(List<GenerationRun> runs, BatchKey key)
    {
        foreach (GenerationRun run in runs)
        {
            run.RunsAlone |= Key(run) == key;
        }
    }

    // Moves all that can share the batch from those that run alone; whoever cannot any more has left it then.
    private void Gather(IDecoderBatch batch, Action<GenerationRun, Exception> failed)
    {
        _members.Clear();
        if (_errors.Length < _alone.Count)
        {
            _errors = new Exception?[_alone.Count];
        }

        int expected = CountOf(batch.Key);
        for (int i = 0; i < _alone.Count; i++)
        {
            GenerationRun run = _alone[i];
            IBatchSession? session = run.Session!.Inner as IBatchSession;
            if (session is not null && Key(run) == batch.Key && expected >= least && (batch.Contains(session) || TryJoin(batch, run, session, expected)))
            {
                _members.Add(run);
                _alone.RemoveAt(i--);
            }
            else if (session is not null && batch.Contains(session))
            {
                Leave(batch, run, session, failed);
                i -= i < _alone.Count && ReferenceEquals(_alone[i], run) ? 0 : 1;
            }
        }
    }

    private static bool TryJoin(IDecoderBatch batch, GenerationRun run, IBatchSession session, int expected)
    {
        // Tokens that were tried out and not taken back have no place in a batch.
        run.Session!.KeepPrompt();
        return session.Length == run.Session.Length && batch.TryJoin(session, expected);
    }

    private void Leave(IDecoderBatch batch, GenerationRun run, IBatchSession session, Action<GenerationRun, Exception> failed)
    {
        try
        {
            batch.Leave(session);
        }
        catch (Exception e)
        {
            _alone.Remove(run);
            failed(run, e);
        }
    }

    private void Close(IDecoderBatch batch, Action<GenerationRun, Exception> failed)
    {
        for (int i = _alone.Count - 1; i >= 0; i--)
        {
            if (_alone[i].Session!.Inner is IBatchSession session && batch.Contains(session))
            {
                Leave(batch, _alone[i], session, failed);
            }
        }

        _batches.Remove(batch);
        batch.Dispose();
    }
}
