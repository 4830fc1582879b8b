namespace Rag.Runtime.Generation.Scheduling;

/// <summary>
/// Does something for each of a few rows, on the caller's thread and on others of the pool that are free, without allocating. One caller at a time.
/// </summary>
/// <param name="work">What to do with a row; may run on several threads at once and must not throw.</param>
internal sealed class RowWork(Action<int> work) : IThreadPoolWorkItem
{
    // Which call it is, in the upper half, then the next row, then how many there are: a thread that comes late takes no row of a later call twice.
    private long _state;
    private int _done;

    // Threads that were asked for help and have not come yet: in a busy pool they do not pile up.
    private int _asked;

    /// <summary>Returns once all is done.</summary>
    /// <param name="rows">Below 2^15.</param>
    public void Run(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, short.MaxValue);
        _done = 0;
        Volatile.Write(ref _state, (((_state >> 32) + 1) << 32) | (long)rows);
        for (int helpers = Math.Min(rows, Environment.ProcessorCount) - 1 - Volatile.Read(ref _asked); helpers > 0; helpers--)
        {
            Interlocked.Increment(ref _asked);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Work();
        SpinWait wait = default;
        while (Volatile.Read(ref _done) < rows)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Helps; the thread pool calls it.</summary>
    public void Execute()
    {
        Interlocked.Decrement(ref _asked);
        Work();
    }

    private void Work()
    {
        while (true)
        {
            long state = Volatile.Read(ref _state);
            int row = (int)(state >> 16) & 0xFFFF;
            if (row >= (int)(state & 0xFFFF))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _state, state + (1 << 16), state) == state)
            {
                work(row);
                Interlocked.Increment(ref _done);
            }
        }
    }
}
