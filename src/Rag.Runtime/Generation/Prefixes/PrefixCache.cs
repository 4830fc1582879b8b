using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>
/// Keys and values of the prompts and answers of one model, kept within a budget of memory for the prompts that begin alike. Rows
/// are copied outside the lock. Exact: rows are those that some session computed for the same tokens. Thread-safe.
/// </summary>
internal sealed class PrefixCache(long budget) : IDisposable
{
    // Long sequences are kept in pieces, so that the budget can take their ends alone.
    private const int MostTokens = 256;
    private const long MostFloats = 16 << 20;
    private readonly Lock _lock = new();
    private readonly PrefixTree _tree = new();
    private long _reserved;
    private long _requests;
    private long _hits;
    private long _reused;
    private long _evicted;
    private bool _disposed;

    /// <summary>The most tokens whose rows are kept in one piece.</summary>
    public static int PieceTokens(CacheLayout layout) => (int)Math.Clamp(MostFloats / Math.Max(layout.FloatsPerToken, 1), 1, MostTokens);

    public PrefixCacheUsage Usage
    {
        get
        {
            lock (_lock)
            {
                return new PrefixCacheUsage(_tree.Bytes, budget, _tree.Tokens, _requests, _hits, _reused, _evicted);
            }
        }
    }

    public long Budget => budget;

    /// <summary>Finds the longest beginning of a prompt that is kept.</summary>
    /// <param name="key">What the prompt is to be computed under.</param>
    /// <param name="prompt">The tokens of which any number may be found.</param>
    /// <param name="beyond">Only more tokens than these are worth copying.</param>
    /// <param name="layout">Of the model's rows.</param>
    /// <param name="shared">How far some other sequence went the same way, whether anything can be taken there or not.</param>
    /// <returns>The caller's to dispose; null where no more is kept.</returns>
    public PrefixMatch? Find(PrefixKey key, ReadOnlySpan<int> prompt, int beyond, CacheLayout layout, out int shared)
    {
        lock (_lock)
        {
            shared = 0;
            if (_disposed)
            {
                return null;
            }

            (PrefixNode? node, int matched, int within) = _tree.Walk(key, prompt);
            shared = matched;
            if (layout.StateFloats > 0)
            {
                // A state belongs to the end of a node: rows alone are of no use.
                while (node.Parent is not null && (within < node.Tokens.Length || node.State is null))
                {
                    matched -= within;
                    node = node.Parent;
                    within = node.Tokens.Length;
                }
            }

            if (matched <= beyond)
            {
                return null;
            }

            CacheBuffer? state = node.State?.Share();
            List<(CacheBuffer, int)> rows = [];
            for (; node.Parent is not null; node = node.Parent)
            {
                rows.Add((node.Rows.Share(), node.Tokens.Length));
            }

            rows.Reverse();
            return new PrefixMatch(matched, rows, layout.StateFloats > 0 ? state : null);
        }
    }

    /// <summary>Keeps what is not kept yet of a sequence, as much from its start as the budget has room for.</summary>
    /// <param name="adapter">The name of the adapter that the rows were computed with; null for none.</param>
    /// <param name="tokens">All tokens of the sequence.</param>
    /// <param name="source">Their rows; used by nobody else meanwhile.</param>
    /// <returns>The tokens of the sequence that are kept now, from its start.</returns>
    public int Insert(string? adapter, ReadOnlySpan<int> tokens, IRowSource source)
    {
        PrefixKey key = new(adapter, source.Regime);
        int known;
        int count;
        long reserved;
        lock (_lock)
        {
            if (_disposed || tokens.IsEmpty)
            {
                return 0;
            }

            (PrefixNode node, known, int within) = _tree.Walk(key, tokens);
            if (known == tokens.Length && (source.Layout.StateFloats == 0 || (within == node.Tokens.Length && node.State is not null)))
            {
                return known;
            }

            (count, reserved) = MakeRoom(tokens.Length - known, source.Layout);
            if (reserved == 0)
            {
                return known;
            }

            _reserved += reserved;
        }

        List<PrefixNode> nodes = [];
        CacheBuffer? state = null;
        try
        {
            Copy(tokens.Slice(known, count), known, source, nodes);
            if (source.Layout.StateFloats > 0)
            {
                state = CacheBuffer.Allocate(source.Layout.StateFloats);
                source.ReadState(state.Values);
            }
        }
        catch (UnavailableException)
        {
            // No memory to keep it: the request itself has what it needs.
            Release(nodes, state);
            (nodes, state) = ([], null);
        }

        lock (_lock)
        {
            _reserved -= reserved;
            return Attach(key, tokens, known, nodes, state, source.Layout);
        }
    }

    /// <summary>Counts a request.</summary>
    /// <param name="reused">Tokens of its prompt that are not computed again.</param>
    public void Count(int reused)
    {
        lock (_lock)
        {
            _requests++;
            _hits += reused > 0 ? 1 : 0;
            _reused += reused;
        }
    }

    /// <summary>Drops everything; what is copied from meanwhile goes after that.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _tree.Clear();
        }
    }

    private static void Copy(ReadOnlySpan<int> tokens, int start, IRowSource source, List<PrefixNode> nodes)
    {
        int piece = PieceTokens(source.Layout);
        for (; !tokens.IsEmpty; tokens = tokens[Math.Min(piece, tokens.Length)..])
        {
            int[] own = tokens[..Math.Min(piece, tokens.Length)].ToArray();
            CacheBuffer rows = CacheBuffer.Allocate(own.Length * source.Layout.FloatsPerToken);
            nodes.Add(new PrefixNode(own, rows, null));
            source.ReadRows(start, own.Length, rows.Values);
            start += own.Length;
        }
    }

    private static void Release(List<PrefixNode> nodes, CacheBuffer? state)
    {
        nodes.ForEach(node => node.Release());
        state?.Dispose();
    }

    // How many of some tokens there is room for once old ones are dropped, and the memory for them. One node more than the tokens
    // need: that they hang from may have to be split.
    private (int Count, long Bytes) MakeRoom(int tokens, CacheLayout layout)
    {
        int piece = PieceTokens(layout);
        long each = (layout.FloatsPerToken * sizeof(float)) + sizeof(int);
        long bytes = (tokens * each) + (((tokens / piece) + 2L) * PrefixNode.Overhead) + (layout.StateFloats * sizeof(float));
        while (_tree.Bytes + _reserved + bytes > budget && _tree.Evict() is > 0 and int evicted)
        {
            _evicted += evicted;
        }

        long room = budget - _tree.Bytes - _reserved;
        if (bytes <= room)
        {
            return (tokens, bytes);
        }

        // Of a state there is no part.
        long most = (room - (2 * PrefixNode.Overhead)) / (each + (PrefixNode.Overhead / piece) + 1);
        return layout.StateFloats > 0 || most <= 0 ? (0, 0) : ((int)Math.Min(most, tokens), room);
    }

    private int Attach(PrefixKey key, ReadOnlySpan<int> tokens, int known, List<PrefixNode> nodes, CacheBuffer? state, CacheLayout layout)
    {
        if (_disposed)
        {
            Release(nodes, state);
            return 0;
        }

        (PrefixNode node, int matched, int within) = _tree.Walk(key, tokens);
        if (matched != known || (nodes.Count == 0 && state is null))
        {
            // Another request was faster, or has driven out what these rows follow.
            Release(nodes, state);
            return matched;
        }

        try
        {
            node = within < node.Tokens.Length ? _tree.Split(node, within, layout) : node;
        }
        catch (UnavailableException)
        {
            Release(nodes, state);
            return known;
        }

        foreach (PrefixNode child in nodes)
        {
            _tree.Add(node, child);
            node = child;
            known += child.Tokens.Length;
        }

        if (state is not null)
        {
            _tree.SetState(node, state);
        }

        return known;
    }
}
