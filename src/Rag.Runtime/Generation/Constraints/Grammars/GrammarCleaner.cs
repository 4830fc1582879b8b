using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>Takes away the productions that no text can complete, so that whatever a parser expects can come.</summary>
internal static class GrammarCleaner
{
    /// <summary>The grammar without them; null where the start has no text.</summary>
    public static Grammar? Clean(List<List<Production>> productions, int start)
    {
        bool[] completes = Fixpoint(productions, symbol => Liveness.IsLive(symbol.Language!));
        bool[] nullable = Fixpoint(productions, symbol => symbol.Language!.Nullable);
        Production[][] kept = [.. productions.Select(ways => ways.Where(way => way.Symbols.All(symbol => symbol.Language is { } language ? Liveness.IsLive(language) : completes[symbol.Rule])).ToArray())];
        return completes[start] ? new Grammar(kept, nullable, start) : null;
    }

    private static bool[] Fixpoint(List<List<Production>> productions, Func<GrammarSymbol, bool> holds)
    {
        bool[] rules = new bool[productions.Count];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int rule = 0; rule < rules.Length; rule++)
            {
                if (!rules[rule] && productions[rule].Any(way => way.Symbols.All(symbol => symbol.Language is null ? rules[symbol.Rule] : holds(symbol))))
                {
                    rules[rule] = changed = true;
                }
            }
        }

        return rules;
    }
}
