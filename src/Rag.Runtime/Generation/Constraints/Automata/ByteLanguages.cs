using System.Runtime.InteropServices;

namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>Makes languages, each once. What is plain to see is simplified, so that derivatives stay few. Not thread-safe.</summary>
internal sealed class ByteLanguages
{
    /// <summary>No limit to a repetition.</summary>
    public const int Unlimited = -1;

    private readonly HashSet<ByteLanguage> _known = new(new LanguageComparer());
    private readonly int _maxStates;

    public ByteLanguages(int maxStates)
    {
        _maxStates = maxStates;
        Empty = Add(new ByteLanguage(this, 0, LanguageKind.Empty) { IsLive = false });
        Epsilon = Add(new ByteLanguage(this, 1, LanguageKind.Epsilon) { Nullable = true });
        Anything = Not(Empty);
    }

    /// <summary>No text.</summary>
    public ByteLanguage Empty { get; }

    /// <summary>The empty text.</summary>
    public ByteLanguage Epsilon { get; }

    /// <summary>Every byte string.</summary>
    public ByteLanguage Anything { get; }

    /// <summary>One byte out of ranges, ascending and apart, each with what follows.</summary>
    public ByteLanguage Switch(IReadOnlyList<(byte First, byte Last, ByteLanguage Then)> ranges)
    {
        List<byte> bounds = [];
        List<ByteLanguage> parts = [];
        ByteBoundaries boundaries = default;
        foreach ((byte first, byte last, ByteLanguage then) in ranges)
        {
            if (then.Kind == LanguageKind.Empty)
            {
                continue;
            }

            if (parts.Count > 0 && bounds[^1] == first - 1 && parts[^1] == then)
            {
                bounds[^1] = last;
            }
            else
            {
                bounds.Add(first);
                bounds.Add(last);
                parts.Add(then);
            }
        }

        for (int i = 0; i < bounds.Count; i += 2)
        {
            boundaries = boundaries.With(bounds[i]).With(bounds[i + 1] + 1);
        }

        return parts.Count == 0 ? Empty : Intern(LanguageKind.Switch, [.. parts], false, boundaries, ranges: [.. bounds]);
    }

    /// <summary>One byte string.</summary>
    public ByteLanguage Literal(ReadOnlySpan<byte> bytes)
    {
        ByteLanguage result = Epsilon;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            result = Switch([(bytes[i], bytes[i], result)]);
        }

        return result;
    }

    public ByteLanguage Concat(ByteLanguage first, ByteLanguage second) =>
        first.Kind == LanguageKind.Empty || second.Kind == LanguageKind.Empty ? Empty
        : first.Kind == LanguageKind.Epsilon ? second
        : second.Kind == LanguageKind.Epsilon ? first
        : Intern(LanguageKind.Concatenation, [first, second], first.Nullable && second.Nullable, first.Nullable ? first.Boundaries | second.Boundaries : first.Boundaries);

    /// <summary>One after the other.</summary>
    public ByteLanguage Concat(params ReadOnlySpan<ByteLanguage> parts)
    {
        ByteLanguage result = Epsilon;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            result = Concat(parts[i], result);
        }

        return result;
    }

    public ByteLanguage Or(params IEnumerable<ByteLanguage> parts)
    {
        List<ByteLanguage> distinct = Flat(parts, LanguageKind.Alternation, Empty);
        if (distinct.Contains(Anything))
        {
            return Anything;
        }

        if (distinct.Count > 1 && distinct.Any(part => part.Nullable && part != Epsilon))
        {
            distinct.Remove(Epsilon);
        }

        return distinct.Count switch
        {
            0 => Empty,
            1 => distinct[0],
            _ => Intern(LanguageKind.Alternation, [.. distinct], distinct.Any(part => part.Nullable), Union(distinct)),
        };
    }

    public ByteLanguage And(params IEnumerable<ByteLanguage> parts)
    {
        List<ByteLanguage> distinct = Flat(parts, LanguageKind.Intersection, Anything);
        if (distinct.Contains(Empty))
        {
            return Empty;
        }

        if (distinct.Contains(Epsilon))
        {
            return distinct.All(part => part.Nullable) ? Epsilon : Empty;
        }

        return distinct.Count switch
        {
            0 => Anything,
            1 => distinct[0],
            _ => Intern(LanguageKind.Intersection, [.. distinct], distinct.All(part => part.Nullable), Union(distinct), mayBeDead: true),
        };
    }

    public ByteLanguage Not(ByteLanguage part) =>
        part.Kind == LanguageKind.Complement ? part.Parts[0]
        : Intern(LanguageKind.Complement, [part], !part.Nullable, part.Boundaries, mayBeDead: part.Kind != LanguageKind.Empty);

    /// <summary>A language a number of times.</summary>
    public ByteLanguage Repeat(ByteLanguage part, int min, int max)
    {
        if (max == 0 || part.Kind is LanguageKind.Empty or LanguageKind.Epsilon)
        {
            return part.Kind == LanguageKind.Empty && min > 0 ? Empty : Epsilon;
        }

        min = part.Nullable ? 0 : min;
        bool same = (min == 1 && max == 1) || (part.Nullable && max == 1)
            || (part.Kind == LanguageKind.Repetition && part.Min == 0 && part.Max == Unlimited);
        return same ? part : Intern(LanguageKind.Repetition, [part], min == 0, part.Boundaries, min, max);
    }

    /// <summary>What an automaton reads from a state on.</summary>
    public ByteLanguage Of(IByteAutomaton automaton, int state) =>
        Intern(LanguageKind.Automaton, [], automaton.Accepts(state), automaton.Boundaries, state, automaton: automaton, mayBeDead: true);

    /// <summary>The derivative by a byte.</summary>
    internal ByteLanguage Derive(ByteLanguage of, byte value)
    {
        switch (of.Kind)
        {
            case LanguageKind.Switch:
                return Target(of, value);
            case LanguageKind.Concatenation:
                ByteLanguage rest = Concat(of.Parts[0].Derivative(value), of.Parts[1]);
                return of.Parts[0].Nullable ? Or(rest, of.Parts[1].Derivative(value)) : rest;
            case LanguageKind.Alternation:
                return Or(of.Parts.Select(part => part.Derivative(value)));
            case LanguageKind.Intersection:
                return And(of.Parts.Select(part => part.Derivative(value)));
            case LanguageKind.Complement:
                return Not(of.Parts[0].Derivative(value));
            case LanguageKind.Repetition:
                int most = of.Max == Unlimited ? Unlimited : of.Max - 1;
                return Concat(of.Parts[0].Derivative(value), Repeat(of.Parts[0], Math.Max(of.Min - 1, 0), most));
            case LanguageKind.Automaton:
                return of.Automaton!.Next(of.Min, value) is var state && state >= 0 ? Of(of.Automaton, state) : Empty;
            default:
                return Empty;
        }
    }

    private ByteLanguage Target(ByteLanguage of, byte value)
    {
        for (int i = 0; i < of.Parts.Length; i++)
        {
            if (value >= of.Ranges[2 * i] && value <= of.Ranges[(2 * i) + 1])
            {
                return of.Parts[i];
            }
        }

        return Empty;
    }

    private static List<ByteLanguage> Flat(IEnumerable<ByteLanguage> parts, LanguageKind kind, ByteLanguage neutral) =>
        [.. parts.SelectMany(part => part.Kind == kind ? part.Parts : [part]).Where(part => part != neutral).Distinct().OrderBy(part => part.Id)];

    private static ByteBoundaries Union(List<ByteLanguage> parts)
    {
        ByteBoundaries all = default;
        foreach (ByteLanguage part in CollectionsMarshal.AsSpan(parts))
        {
            all |= part.Boundaries;
        }

        return all;
    }

    private ByteLanguage Intern(
        LanguageKind kind, ByteLanguage[] parts, bool nullable, ByteBoundaries boundaries, int min = 0, int max = 0, byte[]? ranges = null, IByteAutomaton? automaton = null, bool mayBeDead = false)
    {
        ByteLanguage made = new(this, _known.Count, kind)
        {
            Parts = parts,
            Nullable = nullable,
            Boundaries = boundaries,
            Min = min,
            Max = max,
            Ranges = ranges ?? [],
            Automaton = automaton,
            MayBeDead = mayBeDead || parts.Any(part => part.MayBeDead),
        };
        return _known.TryGetValue(made, out ByteLanguage? known) ? known : Add(made);
    }

    private ByteLanguage Add(ByteLanguage made)
    {
        if (_known.Count >= _maxStates)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxStates), _maxStates, _known.Count + 1L, "The constraint of the output");
        }

        _known.Add(made);
        return made;
    }
}
