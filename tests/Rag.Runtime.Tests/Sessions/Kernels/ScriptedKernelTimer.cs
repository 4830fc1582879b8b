using Rag.Runtime.Sessions.Kernels;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>Times as a test says: seconds of a work; zero for no time to measure it.</summary>
internal sealed class ScriptedKernelTimer(Func<KernelWork, double> seconds) : IKernelTimer
{
    /// <summary>The shortest run; the same as the others by default.</summary>
    public Func<KernelWork, double>? Best { get; init; }

    public List<KernelWork> Works { get; } = [];

    /// <summary>Rows gain as many times for prompts and for single tokens, plain attention at some lengths; all else is alike.</summary>
    public static ScriptedKernelTimer Of(double promptGain, double tokenGain, Func<int, double>? attentionGain = null) => new(work => work switch
    {
        ProductWork { Form: ProductForm.EightBitRows } product => Product(product.Rows) / (product.Rows == 1 ? tokenGain : promptGain),
        ProductWork product => Product(product.Rows),
        AttentionWork { Plain: true } attention => attention.Rows / (attentionGain?.Invoke(attention.Length) ?? 1),
        _ => work.Rows,
    });

    /// <summary>As processors are: many rows at once take a quarter of the time for each.</summary>
    public static double Product(int rows) => rows == 1 ? 1 : rows / 4.0;

    public IReadOnlyList<KernelTime>? InTurns(IReadOnlyList<KernelWork> works, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Works.AddRange(works);
        KernelTime[] times = [.. works.Select(work => new KernelTime(seconds(work), (Best ?? seconds)(work)))];
        return times.Any(time => time.Median == 0) ? null : times;
    }
}
