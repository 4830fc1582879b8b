using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>A prefix that was read from a file.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Adapter">The identity of the adapter that it was computed with; empty for none.</param>
/// <param name="Regime">What it was computed under.</param>
/// <param name="Layout">Of its rows.</param>
/// <param name="Rows">The rows in pieces.</param>
/// <param name="State">The state after the last token; null where the network has none.</param>
internal sealed record StoredPrefix(int[] Tokens, string Adapter, int Regime, CacheLayout Layout, IReadOnlyList<(CacheBuffer Rows, int Tokens)> Rows, CacheBuffer? State)
    : IRowSource, IDisposable
{
    public void ReadRows(int start, int count, Span<float> rows)
    {
        int done = 0;
        int pieceStart = 0;
        foreach ((CacheBuffer piece, int tokens) in Rows)
        {
            int first = start + done - pieceStart;
            if (first < tokens && done < count)
            {
                int copied = Math.Min(tokens - first, count - done);
                Layout.Copy(piece.Values, tokens, first, rows, count, done, copied);
                done += copied;
            }

            pieceStart += tokens;
        }
    }

    public void ReadState(Span<float> state) => State!.Values.CopyTo(state);

    public void Dispose()
    {
        foreach ((CacheBuffer rows, _) in Rows)
        {
            rows.Dispose();
        }

        State?.Dispose();
    }
}
