using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// Text around quotes: well-formed UTF-8 with none of the forbidden characters, up to an opening mark. All are looked for at once (Aho and Corasick,
/// "Efficient string matching", 1975). Immutable.
/// </summary>
internal sealed class FreeText
{
    /// <summary>What <see cref="Next"/> gives for a byte that may not come.</summary>
    public const int Refused = -1;

    /// <summary>What it gives for the last byte of an opening mark.</summary>
    public const int Opened = -2;

    /// <summary>At the beginning.</summary>
    public const int Start = 0;

    private readonly short[] _next;
    private readonly int[] _outcome;
    private readonly int _openingLength;

    public FreeText(QuoteConstraintOptions options)
    {
        byte[] opening = Encoding.UTF8.GetBytes(options.OpeningMark);
        _openingLength = opening.Length;
        List<(byte[] Bytes, int Outcome)> patterns = [(opening, Opened)];
        if (options.ClosingMark != options.OpeningMark)
        {
            patterns.Add((Encoding.UTF8.GetBytes(options.ClosingMark), Refused));
        }

        foreach (Rune rune in options.ForbiddenInFreeText.EnumerateRunes())
        {
            string character = rune.ToString();
            if (!options.OpeningMark.Contains(character, StringComparison.Ordinal) && !options.ClosingMark.Contains(character, StringComparison.Ordinal))
            {
                patterns.Add((Encoding.UTF8.GetBytes(character), Refused));
            }
        }

        int most = 1 + patterns.Sum(pattern => pattern.Bytes.Length);
        _next = new short[most * 256];
        _outcome = new int[most];
        Build(patterns);
    }

    /// <summary>The state behind a byte, or one of the outcomes.</summary>
    public int Next(int state, byte value)
    {
        int utf8 = Utf8Steps.Next(state & 7, value);
        if (utf8 < 0)
        {
            return Refused;
        }

        int node = _next[(state >> 3 << 8) + value];
        return _outcome[node] < 0 ? _outcome[node] : (node << 3) | utf8;
    }

    /// <summary>Whether a text may end in a state, which is between characters.</summary>
    public static bool CanEnd(int state) => (state & 7) == Utf8Steps.Boundary;

    /// <summary>How much of an opening mark was read.</summary>
    public int OpeningProgress(int state) => state >> 3 < _openingLength ? state >> 3 : 0;

    /// <summary>Adds the bytes that end a character which was begun.</summary>
    public int Complete(int state, List<byte> bytes)
    {
        while (!CanEnd(state))
        {
            // Of what may follow only few end in a character that is forbidden.
            int next = Refused;
            byte value = 0x7F;
            while (next < 0)
            {
                next = Next(state, ++value);
            }

            bytes.Add(value);
            state = next;
        }

        return state;
    }

    private void Build(List<(byte[] Bytes, int Outcome)> patterns)
    {
        // The nodes of the opening mark come first, so that their numbers are their lengths.
        int nodes = 1;
        foreach ((byte[] bytes, int outcome) in patterns)
        {
            int node = 0;
            foreach (byte value in bytes)
            {
                ref short next = ref _next[(node << 8) + value];
                next = next == 0 ? (short)nodes++ : next;
                node = next;
            }

            _outcome[node] = outcome;
        }

        // Breadth first; the node to fall back to is always nearer to the root.
        int[] fallback = new int[nodes];
        Queue<int> queue = new();
        foreach (int child in _next.AsSpan(0, 256))
        {
            if (child > 0)
            {
                queue.Enqueue(child);
            }
        }

        while (queue.TryDequeue(out int node))
        {
            _outcome[node] = _outcome[node] < 0 ? _outcome[node] : _outcome[fallback[node]];
            for (int value = 0; value < 256; value++)
            {
                ref short next = ref _next[(node << 8) + value];
                short other = _next[(fallback[node] << 8) + value];
                if (next == 0)
                {
                    next = other;
                }
                else
                {
                    fallback[next] = other;
                    queue.Enqueue(next);
                }
            }
        }
    }
}
