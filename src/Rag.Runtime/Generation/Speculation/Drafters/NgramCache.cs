using System.Runtime.CompilerServices;

namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>
/// Which token followed the last two, three or four in earlier answers: one candidate for each, replaced when others come more
/// often. Bounded; of the few places that an n-gram may have, the least recently used is given to a new one. Holds hashes and
/// tokens of one model. Thread-safe.
/// </summary>
internal sealed class NgramCache
{
    public const int MinSize = 2;
    public const int MaxSize = 4;
    private const int Ways = 8;
    private const ushort MostCounted = 1000;

    // llama.cpp's common/ngram-cache.cpp, the thresholds for what did not come from the same text ("strict"), of sizes 2, 3 and 4.
    private static readonly int[] LeastSeen = [3, 2, 2];
    private static readonly int[] LeastPercent = [66, 66, 66];
    private readonly Lock _lock = new();
    private readonly int _sets;
    private Entry[]? _entries;
    private uint _now;

    /// <param name="bytes">The most memory.</param>
    public NgramCache(long bytes)
    {
        long sets = Math.Clamp(bytes / (Unsafe.SizeOf<Entry>() * Ways), 1, 1 << 24);
        _sets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)sets + 1) >> 1;
    }

    /// <summary>The most memory that it takes.</summary>
    public long Bytes => (long)_sets * Ways * Unsafe.SizeOf<Entry>();

    /// <summary>Learns an answer.</summary>
    /// <param name="sequence">Prompt and answer.</param>
    /// <param name="start">Where the answer begins.</param>
    /// <param name="adapter">Of the answer; what one says is not guessed for another.</param>
    public void Learn(ReadOnlySpan<int> sequence, int start, string? adapter)
    {
        ulong seed = Seed(adapter);
        lock (_lock)
        {
            _entries ??= new Entry[_sets * Ways];
            for (int i = Math.Max(start, MinSize); i < sequence.Length; i++)
            {
                for (int size = MinSize; size <= Math.Min(MaxSize, i); size++)
                {
                    Note(NgramHash.Of(sequence.Slice(i - size, size), seed), sequence[i]);
                }
            }
        }
    }

    /// <summary>The token that is likely to follow.</summary>
    /// <param name="last">The last tokens, <see cref="MaxSize"/> at most.</param>
    /// <param name="adapter">Of the sequence.</param>
    /// <param name="size">How many of the last tokens say so.</param>
    /// <returns>-1 where nothing is likely enough.</returns>
    public int Next(ReadOnlySpan<int> last, string? adapter, out int size)
    {
        ulong seed = Seed(adapter);
        lock (_lock)
        {
            for (size = Math.Min(MaxSize, last.Length); _entries is not null && size >= MinSize; size--)
            {
                ref Entry entry = ref Find(NgramHash.Of(last[^size..], seed));
                if (!Unsafe.IsNullRef(ref entry) && entry.All >= LeastSeen[size - MinSize] && entry.Right * 100 >= LeastPercent[size - MinSize] * entry.All)
                {
                    entry.Used = ++_now;
                    return entry.Token;
                }
            }
        }

        return -1;
    }

    private static ulong Seed(string? adapter) => adapter is null ? NgramHash.Seed : NgramHash.Seed ^ unchecked((ulong)(uint)string.GetHashCode(adapter, StringComparison.Ordinal) << 32);

    private Span<Entry> Set(ulong key) => _entries.AsSpan((int)(key & (uint)(_sets - 1)) * Ways, Ways);

    private ref Entry Find(ulong key)
    {
        foreach (ref Entry entry in Set(key))
        {
            if (entry.Key == key && entry.All > 0)
            {
                return ref entry;
            }
        }

        return ref Unsafe.NullRef<Entry>();
    }

    private void Note(ulong key, int token)
    {
        ref Entry entry = ref Find(key);
        if (Unsafe.IsNullRef(ref entry))
        {
            Span<Entry> set = Set(key);
            int oldest = 0;
            for (int i = 1; i < set.Length; i++)
            {
                oldest = set[i].Used < set[oldest].Used ? i : oldest;
            }

            set[oldest] = new Entry { Key = key, Token = token, Right = 1, All = 1, Used = ++_now };
            return;
        }

        entry.Used = ++_now;
        if (entry.All == MostCounted)
        {
            (entry.Right, entry.All) = ((ushort)(entry.Right / 2), MostCounted / 2);
        }

        entry.All++;
        if (entry.Token == token)
        {
            entry.Right++;
        }
        else if (entry.Right * 2 < entry.All)
        {
            // Others came more often together; this one may be the one that does from now on.
            (entry.Token, entry.Right, entry.All) = (token, 1, 1);
        }
    }

    private struct Entry
    {
        public ulong Key;
        public int Token;
        public uint Used;
        public ushort Right;
        public ushort All;
    }
}
