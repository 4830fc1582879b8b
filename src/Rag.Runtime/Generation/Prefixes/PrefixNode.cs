using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>A run of tokens in the tree, after those of its parents, with their rows. Used under the tree's lock alone.</summary>
internal sealed class PrefixNode
{
    // What a node itself takes, roughly: small nodes must count as well.
    public const int Overhead = 256;

    public PrefixNode(int[] tokens, CacheBuffer rows, CacheBuffer? state)
    {
        (Tokens, Rows, State) = (tokens, rows, state);
        Entry = new LinkedListNode<PrefixNode>(this);
    }

    public int[] Tokens { get; private set; }

    public CacheBuffer Rows { get; private set; }

    /// <summary>The state after its last token; null where the network has none, or it was not kept there.</summary>
    public CacheBuffer? State { get; set; }

    public PrefixNode? Parent { get; set; }

    public Dictionary<int, PrefixNode> Children { get; } = [];

    /// <summary>Its place in the order of use.</summary>
    public LinkedListNode<PrefixNode> Entry { get; }

    /// <summary>The walk that last passed it.</summary>
    public long Walk { get; set; }

    public long Bytes => Overhead + Rows.Bytes + ((long)Tokens.Length * sizeof(int)) + (State?.Bytes ?? 0);

    public void Attach(PrefixNode child)
    {
        child.Parent = this;
        Children[child.Tokens[0]] = child;
    }

    /// <summary>Gives its first tokens to a new parent of its own.</summary>
    /// <returns>The new parent; it has no state.</returns>
    /// <exception cref="UnavailableException">There is no memory for the copies; the node is as it was.</exception>
    public PrefixNode Split(int count, CacheLayout layout)
    {
        CacheBuffer first = CacheBuffer.Allocate(count * layout.FloatsPerToken);
        CacheBuffer rest;
        try
        {
            rest = CacheBuffer.Allocate((Tokens.Length - count) * layout.FloatsPerToken);
        }
        catch
        {
            first.Dispose();
            throw;
        }

        layout.Copy(Rows.Values, Tokens.Length, 0, first.Values, count, 0, count);
        layout.Copy(Rows.Values, Tokens.Length, count, rest.Values, Tokens.Length - count, 0, Tokens.Length - count);
        PrefixNode head = new(Tokens[..count], first, null) { Walk = Walk };
        Parent!.Attach(head);
        Rows.Dispose();
        (Tokens, Rows) = (Tokens[count..], rest);
        head.Attach(this);
        return head;
    }

    /// <summary>Ends its claims; who copies from it meanwhile has claims of its own.</summary>
    public void Release()
    {
        Rows.Dispose();
        State?.Dispose();
    }
}
