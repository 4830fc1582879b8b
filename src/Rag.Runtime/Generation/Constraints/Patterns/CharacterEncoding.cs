using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>Sets of characters as languages over the bytes of their UTF-8.</summary>
internal class CharacterEncoding(ByteLanguages languages)
{
    private readonly Dictionary<CodePointSet, ByteLanguage> _known = [];

    public ByteLanguages Languages => languages;

    /// <summary>One character of a set.</summary>
    public ByteLanguage Encode(CodePointSet set)
    {
        if (!_known.TryGetValue(set, out ByteLanguage? known))
        {
            known = _known[set] = languages.Switch(Entries(set));
        }

        return known;
    }

    /// <summary>The first bytes and what follows each.</summary>
    protected virtual List<(byte First, byte Last, ByteLanguage Then)> Entries(CodePointSet set)
    {
        List<(byte First, byte Last, ByteLanguage Then)> entries = [];
        Add(entries, set, 0, 0x7F, 0, 0);
        Add(entries, set, 0x80, 0x7FF, 1, 0xC0);
        Add(entries, set, 0x800, 0xFFFF, 2, 0xE0);
        Add(entries, set, 0x10000, CodePointSet.Last, 3, 0xF0);
        return entries;
    }

    private void Add(List<(byte First, byte Last, ByteLanguage Then)> entries, CodePointSet set, int first, int last, int tail, int lead)
    {
        List<(int First, int Last)> within = [.. set.Ranges.Where(range => range.Last >= first && range.First <= last).Select(range => (Math.Max(range.First, first), Math.Min(range.Last, last)))];
        entries.AddRange(Bytes(within, tail, lead));
    }

    private List<(byte First, byte Last, ByteLanguage Then)> Bytes(List<(int First, int Last)> ranges, int tail, int lead)
    {
        List<(byte First, byte Last, ByteLanguage Then)> entries = [];
        int shift = 6 * tail;
        int size = 1 << shift;
        int i = 0;
        while (i < ranges.Count)
        {
            (int first, int last) = ranges[i];
            int chunk = first >> shift;
            if (tail == 0 || (first == chunk << shift && last - first + 1 >= size))
            {
                int lastWhole = ((last + 1) >> shift) - 1;
                entries.Add(((byte)(lead + chunk), (byte)(lead + lastWhole), Continuations(tail)));
                first = (lastWhole + 1) << shift;
                if (first > last)
                {
                    i++;
                }
                else
                {
                    ranges[i] = (first, last);
                }

                continue;
            }

            // Everything that shares this first byte.
            int end = ((chunk + 1) << shift) - 1;
            List<(int First, int Last)> below = [];
            while (i < ranges.Count && ranges[i].First <= end)
            {
                (first, last) = ranges[i];
                below.Add((first - (chunk << shift), Math.Min(last, end) - (chunk << shift)));
                if (last > end)
                {
                    ranges[i] = (end + 1, last);
                    break;
                }

                i++;
            }

            entries.Add(((byte)(lead + chunk), (byte)(lead + chunk), languages.Switch(Bytes(below, tail - 1, 0x80))));
        }

        return entries;
    }

    private ByteLanguage Continuations(int count)
    {
        ByteLanguage result = languages.Epsilon;
        for (int i = 0; i < count; i++)
        {
            result = languages.Switch([(0x80, 0xBF, result)]);
        }

        return result;
    }
}
