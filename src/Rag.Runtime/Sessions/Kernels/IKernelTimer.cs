namespace Rag.Runtime.Sessions.Kernels;

/// <summary>Times kernels on this machine.</summary>
internal interface IKernelTimer
{
    /// <summary>Runs several works in turns, so that other work on the machine meets all alike.</summary>
    /// <param name="works">What is compared.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>What one run of each takes; null where there was no time for enough of them.</returns>
    IReadOnlyList<KernelTime>? InTurns(IReadOnlyList<KernelWork> works, CancellationToken cancellationToken);
}
