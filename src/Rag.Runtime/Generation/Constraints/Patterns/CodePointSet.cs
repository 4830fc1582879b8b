namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>A set of Unicode scalar values as ranges, ascending and apart. Surrogates are never in one.</summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    private readonly List<(int First, int Last)> _ranges = [];

    public static readonly CodePointSet All = Of((0, Last));

    /// <summary>First and last value of each range.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    /// <summary>The values of ranges in any order.</summary>
    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        CodePointSet set = new();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.First))
        {
            if (set._ranges.Count > 0 && first <= set._ranges[^1].Last + 1)
            {
                set._ranges[^1] = (set._ranges[^1].First, Math.Max(last, set._ranges[^1].Last));
            }
            else
            {
                set._ranges.Add((first, last));
            }
        }

        return set;
    }

    /// <summary>The values for which something holds.</summary>
    public static CodePointSet Where(Func<int, bool> holds)
    {
        List<(int First, int Last)> ranges = [];
        for (int value = 0; value <= Last; value++)
        {
            if (!holds(value))
            {
                continue;
            }

            int first = value;
            while (value < Last && holds(value + 1))
            {
                value++;
            }

            ranges.Add((first, value));
        }

        return Of(ranges);
    }

    public CodePointSet Union(CodePointSet other) => Of([.. _ranges, .. other._ranges]);

    /// <summary>Every value that is not in it.</summary>
    public CodePointSet Complement()
    {
        List<(int First, int Last)> gaps = [];
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    public bool Contains(int value) => _ranges.Exists(range => value >= range.First && value <= range.Last);

    /// <summary>With both cases of every letter; only simple mappings, of one letter to one.</summary>
    public CodePointSet WithBothCases()
    {
        List<(int First, int Last)> all = [.. _ranges];
        for (int value = 0; value < 0x1E944; value++)
        {
            if (System.Text.Rune.IsValid(value) && Contains(value))
            {
                int upper = System.Text.Rune.ToUpperInvariant(new System.Text.Rune(value)).Value;
                int lower = System.Text.Rune.ToLowerInvariant(new System.Text.Rune(value)).Value;
                all.Add((upper, upper));
                all.Add((lower, lower));
            }
        }

        return Of(all);
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < 0xD800 && range.Last >= 0xD800)
        {
            yield return (range.First, 0xD7FF);
        }

        int first = range.First is >= 0xD800 and <= 0xDFFF || (range.First < 0xD800 && range.Last >= 0xD800) ? 0xE000 : range.First;
        int last = range.Last is >= 0xD800 and <= 0xDFFF ? 0xD7FF : range.Last;
        if (first <= last)
        {
            yield return (first, last);
        }
    }
}
