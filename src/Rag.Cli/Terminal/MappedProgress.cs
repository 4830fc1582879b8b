namespace Rag.Cli.Terminal;

/// <summary>Passes reports on in another form, on the thread that reports.</summary>
internal sealed class MappedProgress<TFrom, TTo>(IProgress<TTo> target, Func<TFrom, TTo> map) : IProgress<TFrom>
{
    public void Report(TFrom value) => target.Report(map(value));
}
