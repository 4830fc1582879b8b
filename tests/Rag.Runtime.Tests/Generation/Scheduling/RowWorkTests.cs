using Rag.Runtime.Generation.Scheduling;

namespace Rag.Runtime.Tests.Generation.Scheduling;

public sealed class RowWorkTests
{
    [Fact]
    public void Every_row_is_done_once_whoever_comes_late()
    {
        int[] done = new int[40];
        RowWork work = new(row => Interlocked.Increment(ref done[row]));
        int[] expected = new int[40];
        for (int call = 0; call < 20_000; call++)
        {
            int rows = (call * 7) % 41;
            work.Run(rows);
            for (int row = 0; row < rows; row++)
            {
                expected[row]++;
            }

            // All of it, when the call returns.
            Assert.True(expected.AsSpan().SequenceEqual(done));
        }
    }
}
