using System.Runtime.InteropServices;

namespace Rag.Cli;

/// <summary>
/// Ctrl-C and the signal of an orderly stop. The first ends the running answer where one may be ended alone, otherwise the
/// whole run, cleanly; another one after that ends the process at once.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _run = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CancellationTokenSource? _part;

    /// <summary>Begins to listen.</summary>
    public Interrupts()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = TryStop(Cli.ExitCode.Interrupted)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = TryStop(Cli.ExitCode.Terminated)));
    }

    /// <summary>What the process ends with when it was stopped: 128 plus the number of the signal.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    /// <summary>Cancelled when the run is to end.</summary>
    public CancellationToken Token => _run.Token;

    /// <summary>Runs a part of the work that Ctrl-C ends alone. One at a time.</summary>
    /// <returns>Whether it ran to its end; false where Ctrl-C ended it.</returns>
    public async Task<bool> RunPartAsync(Func<CancellationToken, Task> part)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_run.Token);
        lock (_gate)
        {
            _part = cancellation;
        }

        try
        {
            await part(cancellation.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !_run.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _part = null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _run.Dispose();
    }

    private bool TryStop(int exitCode)
    {
        lock (_gate)
        {
            bool part = _part is { IsCancellationRequested: false } && exitCode == Cli.ExitCode.Interrupted;
            CancellationTokenSource target = part ? _part! : _run;
            if (target.IsCancellationRequested)
            {
                return false;
            }

            ExitCode = exitCode;
            // On another thread: what it cancels may run for long.
            _ = Task.Run(target.Cancel);
            return true;
        }
    }
}
