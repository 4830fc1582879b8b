using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>
/// Makes sets. A rule that has the empty text is stepped over where it is expected (Aycock and Horspool, "Practical Earley
/// Parsing", 2002), so that nothing is completed where it began.
/// </summary>
internal sealed class EarleyParser(Grammar grammar, ConstraintOptions options)
{
    private readonly Dictionary<ScanList, EarleySet> _sets = [];
    private int _numbers;

    /// <summary>The set before the first byte.</summary>
    public EarleySet Start()
    {
        EarleySet start = NewSet();
        Queue<EarleyItem> work = [];
        HashSet<EarleyItem> seen = [];
        foreach (Production way in grammar.Productions[grammar.Start])
        {
            Put(new EarleyItem(way, 0, start), work, seen);
        }

        Close(start, start, work, seen);
        start.IsComplete = grammar.Nullable[grammar.Start];
        First = start;
        return start;
    }

    private EarleySet? First { get; set; }

    /// <summary>The set behind a byte; null where nothing goes on with it.</summary>
    public EarleySet? Scan(EarleySet from, byte value)
    {
        HashSet<EarleyScan> on = [];
        foreach (EarleyScan scan in from.Scans)
        {
            if (scan.Language.Step(value) is { Kind: not LanguageKind.Empty } next)
            {
                on.Add(new EarleyScan(next, scan.Item));
            }
        }

        if (on.Count == 0)
        {
            return null;
        }

        ScanList key = new(on);
        if (_sets.TryGetValue(key, out EarleySet? known))
        {
            return known;
        }

        EarleySet set = NewSet();
        Queue<EarleyItem> work = [];
        HashSet<EarleyItem> seen = [];
        foreach (EarleyScan scan in key.Scans)
        {
            if (scan.Language.Kind != LanguageKind.Epsilon)
            {
                set.Scans.Add(scan);
            }

            if (scan.Language.Nullable)
            {
                Put(scan.Item with { Dot = scan.Item.Dot + 1 }, work, seen);
            }
        }

        Close(set, First!, work, seen);
        return _sets[key] = set;
    }

    private void Close(EarleySet set, EarleySet first, Queue<EarleyItem> work, HashSet<EarleyItem> seen)
    {
        HashSet<EarleyScan> scans = [.. set.Scans];
        while (work.TryDequeue(out EarleyItem item))
        {
            if (item.Dot == item.Production.Symbols.Length)
            {
                Complete(item, set, first, work, seen);
                continue;
            }

            GrammarSymbol symbol = item.Production.Symbols[item.Dot];
            bool nullable = symbol.Language?.Nullable ?? grammar.Nullable[symbol.Rule];
            if (symbol.Language is null)
            {
                Expect(symbol.Rule, item, set, work, seen);
            }
            else if (symbol.Language.Kind != LanguageKind.Epsilon && scans.Add(new EarleyScan(symbol.Language, item)))
            {
                set.Scans.Add(new EarleyScan(symbol.Language, item));
            }

            if (nullable)
            {
                Put(item with { Dot = item.Dot + 1 }, work, seen);
            }
        }
    }

    private void Complete(EarleyItem item, EarleySet set, EarleySet first, Queue<EarleyItem> work, HashSet<EarleyItem> seen)
    {
        if (ReferenceEquals(item.Origin, set))
        {
            return;
        }

        set.IsComplete |= item.Production.Rule == grammar.Start && ReferenceEquals(item.Origin, first);
        if (item.Origin.Waiting.TryGetValue(item.Production.Rule, out List<EarleyItem>? waiting))
        {
            foreach (EarleyItem one in waiting)
            {
                Put(one with { Dot = one.Dot + 1 }, work, seen);
            }
        }
    }

    private void Expect(int rule, EarleyItem item, EarleySet set, Queue<EarleyItem> work, HashSet<EarleyItem> seen)
    {
        if (set.Waiting.TryGetValue(rule, out List<EarleyItem>? waiting))
        {
            waiting.Add(item);
            return;
        }

        set.Waiting[rule] = [item];
        foreach (Production way in grammar.Productions[rule])
        {
            Put(new EarleyItem(way, 0, set), work, seen);
        }
    }

    private void Put(EarleyItem item, Queue<EarleyItem> work, HashSet<EarleyItem> seen)
    {
        if (seen.Add(item))
        {
            work.Enqueue(item);
            if (seen.Count > options.MaxAlternatives)
            {
                throw new LimitExceededException(nameof(ConstraintOptions.MaxAlternatives), options.MaxAlternatives, seen.Count, "The grammar");
            }
        }
    }

    private EarleySet NewSet() => _numbers < options.MaxStates
        ? new EarleySet(this, _numbers++)
        : throw new LimitExceededException(nameof(ConstraintOptions.MaxStates), options.MaxStates, _numbers + 1L, "The grammar");
}
