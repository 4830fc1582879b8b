namespace Rag.Tests.Support;

/// <summary>What code allocates every time it runs.</summary>
internal static class Allocations
{
    /// <summary>
    /// Runs the same work several times and tells the fewest bytes that this thread allocated in one run. Work that allocates
    /// does so in each; what happens once, such as a shared pool refilled after a collection that another test set off, is in
    /// one of them only.
    /// </summary>
    public static long Least(Action work, int runs = 5)
    {
        long least = long.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
