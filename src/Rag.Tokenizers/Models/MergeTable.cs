using System.Numerics;

namespace Rag.Tokenizers.Models;

/// <summary>Byte-pair merges: what two neighbouring tokens become, and how early (rank 0 first). An open hash table on the pair.</summary>
internal sealed class MergeTable
{
    private readonly Entry[] _entries;
    private readonly int _shift;

    public MergeTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, checked(capacity * 2)));
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>Sets a merge; the last one of a pair counts.</summary>
    public void Set(int left, int right, int rank, int merged)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        while (_entries[slot].Key != 0 && _entries[slot].Key != key)
        {
            slot = (slot + 1) & (_entries.Length - 1);
        }

        _entries[slot] = new Entry(key, rank, merged);
    }

    /// <summary>The rank of a pair, or <see cref="int.MaxValue"/> where it does not merge.</summary>
    public int Rank(int left, int right, out int merged)
    {
        ulong key = Key(left, right);
        for (int slot = Slot(key); ; slot = (slot + 1) & (_entries.Length - 1))
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.Key == key)
            {
                merged = entry.Merged;
                return entry.Rank;
            }

            if (entry.Key == 0)
            {
                merged = -1;
                return int.MaxValue;
            }
        }
    }

    // The set bit keeps the pair (0, 0) apart from an empty slot.
    private static ulong Key(int left, int right) => (1UL << 63) | ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL ^ (key >> 29)) * 0xBF58476D1CE4E5B9UL >> _shift);

    private readonly record struct Entry(ulong Key, int Rank, int Merged);
}
