using System.Numerics;

namespace Rag.Tokenizers.Text;

/// <summary>A set of strings with values, walked one UTF-16 code unit at a time. Node 0 is the root. Edges sit in one open hash table.</summary>
internal sealed class TokenTrie
{
    private ulong[] _keys = new ulong[16];
    private int[] _targets = new int[16];
    private int _edges;
    private readonly List<int> _values = [-1];

    /// <summary>Adds a string; the value of one already there stays.</summary>
    public void Add(ReadOnlySpan<char> text, int value)
    {
        int node = 0;
        foreach (char c in text)
        {
            node = GetOrAdd(node, c);
        }

        if (_values[node] < 0)
        {
            _values[node] = value;
        }
    }

    /// <summary>The child of a node, or -1.</summary>
    public int Step(int node, char c)
    {
        ulong key = Key(node, c);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_keys.Length - 1))
        {
            ulong found = _keys[slot];
            if (found == key)
            {
                return _targets[slot];
            }

            if (found == 0)
            {
                return -1;
            }
        }
    }

    /// <summary>The value of the string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];

    /// <summary>The longest string of the set that begins <paramref name="text"/>; its value, or -1.</summary>
    public int LongestPrefix(ReadOnlySpan<char> text, out int length)
    {
        int best = -1;
        length = 0;
        int node = 0;
        for (int i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            if (node < 0)
            {
                break;
            }

            if (_values[node] >= 0)
            {
                best = _values[node];
                length = i + 1;
            }
        }

        return best;
    }

    // Node 0 with unit 0 would be key 0, the empty mark; the set bit keeps every key apart from it.
    private static ulong Key(int node, char c) => (1UL << 63) | ((ulong)(uint)node << 16) | c;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> (64 - BitOperations.Log2((uint)_keys.Length)));

    private int GetOrAdd(int node, char c)
    {
        int found = Step(node, c);
        if (found >= 0)
        {
            return found;
        }

        if ((_edges + 1) * 2 > _keys.Length)
        {
            Grow();
        }

        int added = _values.Count;
        _values.Add(-1);
        Insert(Key(node, c), added);
        _edges++;
        return added;
    }

    private void Insert(ulong key, int target)
    {
        int slot = Slot(key);
        while (_keys[slot] != 0)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        _keys[slot] = key;
        _targets[slot] = target;
    }

    private void Grow()
    {
        ulong[] keys = _keys;
        int[] targets = _targets;
        _keys = new ulong[keys.Length * 2];
        _targets = new int[keys.Length * 2];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                Insert(keys[i], targets[i]);
            }
        }
    }
}
