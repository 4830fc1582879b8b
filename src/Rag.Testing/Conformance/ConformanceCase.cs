using Rag.Index;

namespace Rag.Testing;

/// <summary>One thing that every index must do. Stateless; safe to run many times and at once.</summary>
public sealed class ConformanceCase
{
    private readonly Func<ConformanceRun, Task> _run;

    internal ConformanceCase(string name, Func<ConformanceRun, Task> run) => (Name, _run) = (name, run);

    /// <summary>What must be, as a sentence; no two cases have the same.</summary>
    public string Name { get; }

    /// <summary>Runs the case.</summary>
    /// <param name="createAsync">Creates an empty index; called once or more. The case disposes what it gets.</param>
    /// <param name="cancellationToken">Ends the case.</param>
    /// <exception cref="ConformanceException">The index does not do it.</exception>
    public async Task RunAsync(Func<CancellationToken, ValueTask<IChunkIndex>> createAsync, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createAsync);
        ConformanceRun run = new(createAsync, cancellationToken);
        await using (run.ConfigureAwait(false))
        {
            await _run(run).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
