using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>Rows found for the beginning of a prompt. They stay until this is disposed, whatever the cache drops meanwhile.</summary>
/// <param name="Length">The tokens found.</param>
/// <param name="Rows">Their rows in pieces; the last may have more.</param>
/// <param name="State">The state after them; null where the network has none.</param>
internal sealed record PrefixMatch(int Length, IReadOnlyList<(CacheBuffer Rows, int Tokens)> Rows, CacheBuffer? State) : IDisposable
{
    public void Dispose()
    {
        foreach ((CacheBuffer rows, _) in Rows)
        {
            rows.Dispose();
        }

        State?.Dispose();
    }
}
