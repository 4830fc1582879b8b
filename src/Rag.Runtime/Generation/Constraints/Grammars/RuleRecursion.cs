namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>Finds the rules that can contain themselves, and those that contain such a rule.</summary>
internal static class RuleRecursion
{
    /// <exception cref="ArgumentException">A rule is named that the grammar does not have.</exception>
    /// <exception cref="LimitExceededException">Rules lie within each other deeper than the limit.</exception>
    public static HashSet<string> Find(Dictionary<string, GrammarNode> rules, int maxNesting)
    {
        Dictionary<string, HashSet<string>> uses = rules.ToDictionary(rule => rule.Key, rule => Names(rule.Value).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (string name in uses.Values.SelectMany(names => names))
        {
            if (!rules.ContainsKey(name))
            {
                throw new ArgumentException($"The grammar names the rule '{name}', which it does not have.");
            }
        }

        // A rule whose rules all are regular is regular: what is left when no more can be taken away recurs.
        HashSet<string> left = [.. rules.Keys];
        for (int depth = 0; ; depth++)
        {
            List<string> regular = [.. left.Where(name => !uses[name].Overlaps(left))];
            if (regular.Count == 0)
            {
                return left;
            }

            if (depth >= maxNesting)
            {
                throw new LimitExceededException(nameof(ConstraintOptions.MaxNesting), maxNesting, depth + 1, "The grammar");
            }

            left.ExceptWith(regular);
        }
    }

    private static IEnumerable<string> Names(GrammarNode node) => node switch
    {
        GrammarNode.Rule rule => [rule.Name],
        GrammarNode.Sequence sequence => sequence.Parts.SelectMany(Names),
        GrammarNode.Choice choice => choice.Parts.SelectMany(Names),
        GrammarNode.Repetition repetition => Names(repetition.Part),
        _ => [],
    };
}
