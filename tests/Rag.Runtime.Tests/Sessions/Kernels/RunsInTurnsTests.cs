using Rag.Runtime.Sessions.Kernels;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>Runs that move a clock of their own.</summary>
public sealed class RunsInTurnsTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(100);
    private readonly ManualTime _time = new();
    private readonly List<int> _order = [];

    [Fact]
    public void Of_RunsThatWereHeldUpOrLucky_MoveNoMedian()
    {
        double[] first = [1, 1, 9, 1, .1], second = [2, 2, 2, .5, 50];
        Assert.Equal([new(1, .1), new(2, .5)], Of(TimeSpan.Zero, Most, CancellationToken.None, Taking(0, first), Taking(1, second))!);
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1, 0, 1], _order);
    }

    [Fact]
    public void Of_FastRuns_AreRepeatedUntilItIsEnough()
    {
        Assert.NotNull(Of(Enough, Most, CancellationToken.None, Taking(0, 1, 1, 1, 1)));
        Assert.Equal(20, _order.Count);
    }

    [Fact]
    public void Of_TooLittleTime_IsNothing()
    {
        Assert.Null(Of(Enough, Most, CancellationToken.None, Taking(0, 30)));
        Assert.Equal(4, _order.Count);
    }

    [Fact]
    public void Of_EvenNumberOfRuns_IsTheMiddleOfTheTwo() =>
        Assert.Equal([new(2, 1)], Of(TimeSpan.FromSeconds(10.5), Most, CancellationToken.None, Taking(0, 1, 1, 1, 3, 3, 3))!);

    [Fact]
    public void Of_Cancelled_EndsBetweenTwoRuns()
    {
        using CancellationTokenSource source = new();
        Func<double> cancels = Taking(0, 1);
        Assert.Throws<OperationCanceledException>(() => Of(Enough, Most, source.Token, cancels, () =>
        {
            source.Cancel();
            return 1;
        }));
        Assert.Single(_order);
    }

    private KernelTime[]? Of(TimeSpan enough, TimeSpan most, CancellationToken cancellationToken, params Func<double>[] runs) => RunsInTurns.Of(runs, _time, enough, most, cancellationToken);

    private Func<double> Taking(int number, params double[] seconds)
    {
        int runs = 0;
        return () =>
        {
            _order.Add(number);
            double taken = seconds[runs++ % seconds.Length];
            _time.Advance(TimeSpan.FromSeconds(taken));
            return taken;
        };
    }
}
