using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>
/// A radix tree of token sequences for each key, with the rows of every token and the order in which all were used. A walk makes
/// every node that it passes newer than what hangs below it, so that the oldest node is always a leaf. Not thread-safe.
/// </summary>
internal sealed class PrefixTree
{
    private readonly Dictionary<PrefixKey, PrefixNode> _roots = [];
    private readonly LinkedList<PrefixNode> _order = [];
    private long _walks;

    /// <summary>Memory of all nodes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Tokens of all nodes.</summary>
    public long Tokens { get; private set; }

    /// <summary>Follows tokens as far as they are known, which makes what was passed the newest.</summary>
    /// <returns>The last node passed, the root where there is none; the tokens matched; how many of them belong to that node.</returns>
    public (PrefixNode Node, int Matched, int InNode) Walk(PrefixKey key, ReadOnlySpan<int> tokens)
    {
        if (!_roots.TryGetValue(key, out PrefixNode? node))
        {
            _roots.Add(key, node = new PrefixNode([], CacheBuffer.Allocate(0), null));
        }

        int matched = 0;
        int within = 0;
        while (within == node.Tokens.Length && matched < tokens.Length && node.Children.TryGetValue(tokens[matched], out PrefixNode? child))
        {
            within = child.Tokens.AsSpan().CommonPrefixLength(tokens[matched..]);
            matched += within;
            node = child;
        }

        _walks++;
        Renew(node);
        return (node, matched, within);
    }

    /// <summary>Hangs tokens below a node that ends where they begin.</summary>
    public void Add(PrefixNode parent, PrefixNode child)
    {
        parent.Attach(child);
        _order.AddFirst(child.Entry);
        Bytes += child.Bytes;
        Tokens += child.Tokens.Length;
        Renew(child);
    }

    /// <summary>Makes a node end after some of its tokens.</summary>
    /// <returns>The node that does.</returns>
    public PrefixNode Split(PrefixNode node, int count, CacheLayout layout)
    {
        long before = node.Bytes;
        PrefixNode head = node.Split(count, layout);
        _order.AddBefore(node.Entry, head.Entry);
        Bytes += head.Bytes + node.Bytes - before;
        return head;
    }

    /// <summary>Gives a node the state after its last token.</summary>
    public void SetState(PrefixNode node, CacheBuffer state)
    {
        Bytes += state.Bytes - (node.State?.Bytes ?? 0);
        node.State?.Dispose();
        node.State = state;
    }

    /// <summary>Drops the leaf that was used longest ago, unless the last walk passed it.</summary>
    /// <returns>The tokens dropped; 0 where there is nothing to drop.</returns>
    public int Evict()
    {
        if (_order.Last?.Value is not { } node || node.Walk == _walks)
        {
            return 0;
        }

        _order.RemoveLast();
        node.Parent!.Children.Remove(node.Tokens[0]);
        Bytes -= node.Bytes;
        Tokens -= node.Tokens.Length;
        node.Release();
        return node.Tokens.Length;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        foreach (PrefixNode node in _order)
        {
            node.Release();
        }

        _order.Clear();
        _roots.Clear();
        (Bytes, Tokens) = (0, 0);
    }

    private void Renew(PrefixNode node)
    {
        for (; node.Parent is not null; node = node.Parent)
        {
            node.Walk = _walks;
            _order.Remove(node.Entry);
            _order.AddFirst(node.Entry);
        }
    }
}
