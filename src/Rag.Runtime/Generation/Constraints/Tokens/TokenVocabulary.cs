using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// The tokens of a model as a trie over their bytes, laid out in preorder: a node's children follow it, and
/// <see cref="EndOf"/> leads past them. Immutable.
/// </summary>
internal sealed class TokenVocabulary
{
    private readonly byte[]?[] _bytes;
    private readonly byte[] _value;
    private readonly int[] _end;
    private readonly int[] _parent;
    private readonly int[] _firstToken;
    private readonly int[] _tokens;

    /// <param name="bytes">The bytes of each id; null for those that are no text.</param>
    /// <param name="endTokens">The tokens that end a text.</param>
    /// <param name="dropsFirstSpace">Whether the space that the first token begins with is no part of the text.</param>
    public TokenVocabulary(byte[]?[] bytes, IReadOnlySet<int> endTokens, bool dropsFirstSpace = false)
    {
        _bytes = bytes;
        DropsFirstSpace = dropsFirstSpace;
        EndTokens = [.. endTokens.Where(id => id >= 0 && id < bytes.Length).Order()];
        int[] ids = [.. Enumerable.Range(0, bytes.Length).Where(id => bytes[id] is { Length: > 0 } && !endTokens.Contains(id))];
        Array.Sort(ids, (x, y) => bytes[x].AsSpan().SequenceCompareTo(bytes[y]) is not 0 and int order ? order : x.CompareTo(y));
        _tokens = ids;
        List<byte> value = [0];
        List<int> parent = [-1];
        List<int> first = [0];
        List<int> open = [0];
        List<int> end = [0];
        for (int i = 0; i < ids.Length; i++)
        {
            ReadOnlySpan<byte> text = bytes[ids[i]];
            int shared = i == 0 ? 0 : text.CommonPrefixLength(bytes[ids[i - 1]]);
            while (open.Count > shared + 1)
            {
                end[open[^1]] = value.Count;
                open.RemoveAt(open.Count - 1);
            }

            while (open.Count <= text.Length)
            {
                value.Add(text[open.Count - 1]);
                parent.Add(open[^1]);
                end.Add(0);
                first.Add(i);
                open.Add(value.Count - 1);
            }

            MaxLength = Math.Max(MaxLength, text.Length);
        }

        open.ForEach(node => end[node] = value.Count);
        first.Add(ids.Length);
        (_value, _end, _parent, _firstToken) = ([.. value], [.. end], [.. parent], [.. first]);
        Size = bytes.Length;
    }

    /// <summary>The number of ids, which is that of the logits.</summary>
    public int Size { get; }

    /// <summary>The tokens that end a text.</summary>
    public int[] EndTokens { get; }

    public bool DropsFirstSpace { get; }

    /// <summary>The bytes of the longest token.</summary>
    public int MaxLength { get; }

    /// <summary>Nodes, the root included, which is node 0.</summary>
    public int Nodes => _value.Length;

    /// <summary>The vocabulary of a tokenizer.</summary>
    public static TokenVocabulary Of(Tokenizer tokenizer, int size, IReadOnlySet<int> endTokens, IReadOnlySet<int> shownTokens) =>
        new(TokenBytes.Of(tokenizer, size, shownTokens), endTokens, TokenBytes.DropsFirstSpace(tokenizer));

    /// <summary>The bytes of a token; empty for one that is no text.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : [];

    /// <summary>The byte that leads to a node.</summary>
    public byte ByteOf(int node) => _value[node];

    public int ParentOf(int node) => _parent[node];

    /// <summary>The first node behind a node and all below it.</summary>
    public int EndOf(int node) => _end[node];

    /// <summary>The node of some bytes; 0 where there is none.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        int node = 0;
        foreach (byte value in bytes)
        {
            node = ChildOf(node, value);
            if (node < 0)
            {
                return 0;
            }
        }

        return node;
    }

    /// <summary>The longest token that some bytes begin with; -1 where there is none.</summary>
    public int Longest(ReadOnlySpan<byte> bytes, out int length)
    {
        int best = -1;
        length = 0;
        int node = 0;
        for (int depth = 0; depth < bytes.Length; depth++)
        {
            node = ChildOf(node, bytes[depth]);
            if (node < 0)
            {
                break;
            }

            if (TokensAt(node) is { IsEmpty: false } tokens)
            {
                (best, length) = (tokens[0], depth + 1);
            }
        }

        return best;
    }

    /// <summary>The tokens that end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => node == 0 ? [] : _tokens.AsSpan(_firstToken[node].._firstToken[node + 1]);

    /// <summary>The tokens that end at a node or below it.</summary>
    public ReadOnlySpan<int> TokensFrom(int node) => _tokens.AsSpan(_firstToken[node].._firstToken[_end[node]]);

    /// <summary>The child of a node that a byte leads to; -1 for none.</summary>
    public int ChildOf(int node, byte value)
    {
        int child = node + 1;
        while (child < _end[node] && _value[child] != value)
        {
            child = _end[child];
        }

        return child < _end[node] ? child : -1;
    }
}
