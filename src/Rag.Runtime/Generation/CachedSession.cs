using System.Runtime.InteropServices;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Generation;

/// <summary>
/// A decoder session together with the tokens in its KV cache, so that the next prompt runs only what neither it nor the other
/// sessions have seen from its start. Exact: the cache of a prefix depends on nothing behind it.
/// </summary>
internal sealed class CachedSession(IDecoderSession session, string? adapter = null, PrefixCache? prefixes = null) : IDisposable
{
    private readonly List<int> _tokens = [];

    // The length of a prompt that is yet to be kept for others; 0 for none.
    private int _promptLength;

    // Where the prompt leaves the way of others; 0 where its state there need not be kept.
    private int _fork;

    /// <summary>The name of the adapter that it was created with; null for none.</summary>
    public string? Adapter => adapter;

    /// <summary>When it was last given back; the pool takes the oldest where prefixes do not decide.</summary>
    public long LastUse { get; set; }

    /// <summary>The session itself, for who runs its steps together with those of others.</summary>
    public IDecoderSession Inner => session;

    /// <summary>What its next step must share with others; null where it must run alone.</summary>
    public BatchKey? BatchKey => (session as IBatchSession)?.BatchKey;

    /// <summary>The memory of its cache.</summary>
    public long CacheBytes => (session as IBatchSession)?.CacheBytes ?? 0;

    /// <summary>The memory that is set aside for it; the pool's.</summary>
    public long ReservedBytes { get; set; }

    /// <summary>What is computed of its tokens; null where that cannot be had.</summary>
    public IRowSource? Rows => session is IRowSession { IsWhole: true } rows ? rows : null;

    /// <summary>Tokens in the cache.</summary>
    public int Length => _tokens.Count;

    /// <summary>The tokens in the cache.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>The most tokens that it may have.</summary>
    public int MaxPositions => session.MaxPositions;

    /// <summary>Whether tokens can be taken back at no cost: not so where layers keep a state of all tokens together.</summary>
    public bool CanRewind => session is not IRowSession { Layout.StateFloats: > 0 };

    /// <summary>The number of logits.</summary>
    public int VocabularySize => session.VocabularySize;

    /// <summary>The most memory that its cache takes on the way to some length.</summary>
    public long BytesFor(int tokens) => (session as IBatchSession)?.BytesFor(tokens) ?? 0;

    /// <summary>How many tokens of a prompt are in the cache, from its start.</summary>
    public int CommonPrefix(ReadOnlySpan<int> prompt) =>
        CollectionsMarshal.AsSpan(_tokens).CommonPrefixLength(prompt);

    /// <summary>Makes the session begin as the prompt does, as far as that is known, and drops the rest.</summary>
    /// <returns>The tokens that need not run; always fewer than the prompt has, since its last one must run to give logits.</returns>
    public int Begin(ReadOnlySpan<int> prompt)
    {
        _fork = 0;
        int kept = Math.Min(CommonPrefix(prompt), prompt.Length - 1);
        if (session is IRowSession rows)
        {
            kept = rows.Kept(kept, prompt.Length);
            if (kept < _tokens.Count)
            {
                Keep();
            }

            kept = Restore(rows, prompt[..^1], rows.RegimeOf(prompt.Length), kept);
        }

        Rewind(kept);
        _promptLength = prompt.Length;
        _fork = kept < _fork ? _fork : 0;
        prefixes?.Count(kept);
        return kept;
    }

    /// <summary>Drops the tokens beyond a length.</summary>
    public void Rewind(int length)
    {
        session.Rewind(length);
        _tokens.RemoveRange(length, _tokens.Count - length);
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => Rewind(0);

    /// <summary>How many tokens may follow others in the same step so that the others' logits are what they would be without them, where tokens can be taken back.</summary>
    /// <param name="tokens">The others, which are appended first.</param>
    /// <param name="most">No more are asked for.</param>
    public int RoomBehind(int tokens, int most)
    {
        int total = Length + tokens;
        int room = Math.Min(most, MaxPositions - total);
        if (session is IRowSession rows)
        {
            // A longer sequence may be turned otherwise.
            for (int regime = rows.RegimeOf(total); room > 0 && rows.RegimeOf(total + room) != regime;)
            {
                room--;
            }
        }

        return Math.Max(room, 0);
    }

    /// <summary>Appends tokens and returns the logits of the last one.</summary>
    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, CancellationToken cancellationToken) => Append(tokens, 1, cancellationToken);

    /// <summary>Appends tokens and returns the logits of the last ones.</summary>
    public ReadOnlySpan<float> Append(scoped ReadOnlySpan<int> tokens, int rows, CancellationToken cancellationToken)
    {
        KeepPrompt();
        if (_fork > _tokens.Count && _fork < _tokens.Count + tokens.Length)
        {
            // A state can be taken where it was kept only: the third prompt of a kind finds one where the second left the first.
            int first = _fork - _tokens.Count;
            Append(tokens[..first], cancellationToken);
            Keep();
            tokens = tokens[first..];
        }

        int before = _tokens.Count;
        _tokens.AddRange(tokens);
        try
        {
            return session.Append(tokens, rows, cancellationToken);
        }
        catch
        {
            // A step that was cancelled or failed leaves the pieces before it in the cache, and no more.
            int known = Math.Clamp(session.Length, before, _tokens.Count);
            _tokens.RemoveRange(known, _tokens.Count - known);
            throw;
        }
    }

    /// <summary>Appends tokens behind the prompt and writes the logits of every one, [tokens, <see cref="VocabularySize"/>].</summary>
    public void AppendAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        KeepPrompt();
        _tokens.AddRange(tokens);
        session.AppendAll(tokens, logits);
    }

    /// <summary>Keeps a prompt for others once it was computed: after the first token was given out, so that that does not wait for a copy.</summary>
    public void KeepPrompt()
    {
        if (_promptLength > 0 && _tokens.Count >= _promptLength)
        {
            _promptLength = 0;
            Keep();
        }
    }

    /// <summary>Says that the session has run a token in a step that it shared.</summary>
    public void NoteStep(int token) => _tokens.Add(token);

    /// <summary>Brings back what was computed elsewhere.</summary>
    /// <returns>False where that fails, as for want of memory: the session is of no more use.</returns>
    public bool TrySettle()
    {
        try
        {
            session.Rewind(session.Length);
            return session.Length == _tokens.Count;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Keeps what was computed for other sessions.</summary>
    public void Keep()
    {
        if (prefixes is not null && Rows is { } rows && RotaryTables.IsShared(rows.Regime))
        {
            prefixes.Insert(adapter, CollectionsMarshal.AsSpan(_tokens), rows);
        }
    }

    public void Dispose() => session.Dispose();

    private int Restore(IRowSession rows, ReadOnlySpan<int> prompt, int regime, int kept)
    {
        if (prefixes is null || !RotaryTables.IsShared(regime))
        {
            return kept;
        }

        using PrefixMatch? match = prefixes.Find(new PrefixKey(adapter, regime), prompt, kept, rows.Layout, out int shared);
        _fork = rows.Layout.StateFloats > 0 ? shared : 0;
        if (match is null)
        {
            return kept;
        }

        Rewind(kept);
        rows.Restore(prompt[..match.Length], kept, regime, match.Rows, match.State);
        CollectionsMarshal.SetCount(_tokens, match.Length);
        prompt[..match.Length].CopyTo(CollectionsMarshal.AsSpan(_tokens));
        return match.Length;
    }
}
