using System.Runtime.InteropServices;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>
/// A decoder session together with the tokens in its KV cache, so that the next prompt runs only what it does not share
/// with the last one from its start. Exact: the cache of a prefix depends on nothing behind it.
/// </summary>
internal sealed class CachedSession(IDecoderSession session, string? adapter = null) : IDisposable
{
    private readonly List<int> _tokens = [];

    /// <summary>The name of the adapter that it was created with; null for none.</summary>
    public string? Adapter => adapter;

    /// <summary>When it was last given back; the pool takes the oldest where prefixes do not decide.</summary>
    public long LastUse { get; set; }

    /// <summary>The number of logits.</summary>
    public int VocabularySize => session.VocabularySize;

    /// <summary>How many tokens of a prompt are in the cache, from its start.</summary>
    public int CommonPrefix(ReadOnlySpan<int> prompt) =>
        CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(prompt);

    /// <summary>Keeps what is common with the prompt and drops the rest.</summary>
    /// <returns>The tokens kept; always fewer than the prompt has, since its last one must run to give logits.</returns>
    public int Begin(ReadOnlySpan<int> prompt)
    {
        int kept = Math.Min(CommonPrefix(prompt), prompt.Length - 1);
        Rewind(kept);
        return kept;
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => Rewind(0);

    /// <summary>Appends tokens and returns the logits of the last one.</summary>
    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        int before = _tokens.Count;
        _tokens.AddRange(tokens);
        try
        {
            return session.Append(tokens, cancellationToken);
        }
        catch
        {
            // A step that was cancelled or failed leaves the pieces before it in the cache, and no more.
            int known = Math.Clamp(session.Length, before, _tokens.Count);
            _tokens.RemoveRange(known, _tokens.Count - known);
            throw;
        }
    }

    public void Dispose() => session.Dispose();

    private void Rewind(int length)
    {
        session.Rewind(length);
        _tokens.RemoveRange(length, _tokens.Count - length);
    }
}
