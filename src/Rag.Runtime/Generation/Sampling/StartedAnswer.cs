using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>A stream that runs to its first update before anybody asks for that.</summary>
internal sealed class StartedAnswer : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private Task<bool>? _first;

    /// <param name="updates">The stream; its token is cancelled before it is left early.</param>
    public StartedAnswer(IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        _updates = updates.GetAsyncEnumerator(CancellationToken.None);
        _first = _updates.MoveNextAsync().AsTask();
    }

    public ChatResponseUpdate Current => _updates.Current;

    public async ValueTask<bool> MoveNextAsync()
    {
        Task<bool>? first = _first;
        _first = null;
        return await (first ?? _updates.MoveNextAsync().AsTask()).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // A stream cannot be left while it runs. What it ends with is of no interest any more.
        if (_first is { } first)
        {
            await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _updates.DisposeAsync().ConfigureAwait(false);
    }
}
