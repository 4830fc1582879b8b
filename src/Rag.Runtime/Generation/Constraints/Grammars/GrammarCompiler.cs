using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>Rules as productions. What does not recur becomes a regular language as a whole, so that only recursion is left to the parser.</summary>
internal sealed class GrammarCompiler
{
    private readonly Dictionary<string, GrammarNode> _rules;
    private readonly ConstraintOptions _options;
    private readonly ByteLanguages _languages;
    private readonly PatternCompiler _patterns;
    private readonly HashSet<string> _recursive;
    private readonly Dictionary<string, ByteLanguage> _regular = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<List<Production>> _productions = [];
    private int _count;

    private GrammarCompiler(Dictionary<string, GrammarNode> rules, ConstraintOptions options)
    {
        _rules = rules;
        _options = options;
        _languages = new ByteLanguages(options.MaxStates);
        _patterns = new PatternCompiler(new CharacterEncoding(_languages));
        _recursive = RuleRecursion.Find(rules, options.MaxNesting);
    }

    /// <summary>The state before a text of a rule; null where the rule has no text.</summary>
    public static ConstraintState? Compile(Dictionary<string, GrammarNode> rules, string start, ConstraintOptions options)
    {
        GrammarCompiler compiler = new(rules, options);
        if (!rules.ContainsKey(start))
        {
            throw new ArgumentException($"The grammar has no rule '{start}' to start with.");
        }

        if (!compiler._recursive.Contains(start))
        {
            ByteLanguage language = compiler.RegularRule(start);
            return Liveness.IsLive(language) ? language : null;
        }

        int rule = compiler.NumberOf(start);
        return GrammarCleaner.Clean(compiler._productions, rule) is { } grammar ? new EarleyParser(grammar, options).Start() : null;
    }

    private int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
        {
            number = _numbers[name] = NewRule();
            Add(number, _rules[name]);
        }

        return number;
    }

    private int NewRule()
    {
        _productions.Add([]);
        return _productions.Count - 1;
    }

    private void Add(int rule, GrammarNode node)
    {
        foreach (GrammarNode way in node is GrammarNode.Choice choice ? choice.Parts : [node])
        {
            Add(rule, [.. (way is GrammarNode.Sequence sequence ? sequence.Parts : [way]).Select(Symbol)]);
        }
    }

    private void Add(int rule, GrammarSymbol[] symbols)
    {
        _count += symbols.Length + 1;
        if (_count > _options.MaxStates)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxStates), _options.MaxStates, _count, "The grammar");
        }

        _productions[rule].Add(new Production(rule, symbols));
    }

    private GrammarSymbol Symbol(GrammarNode node)
    {
        if (!Recurs(node))
        {
            return new GrammarSymbol(Regular(node), -1);
        }

        if (node is GrammarNode.Rule reference)
        {
            return new GrammarSymbol(null, NumberOf(reference.Name));
        }

        int rule = NewRule();
        if (node is not GrammarNode.Repetition repetition)
        {
            Add(rule, node);
            return new GrammarSymbol(null, rule);
        }

        // At least so many, then up to the most: nested, so that there is one way to read each number of them.
        GrammarSymbol part = Symbol(repetition.Part);
        GrammarSymbol self = new(null, rule);
        if (repetition.Max == ByteLanguages.Unlimited)
        {
            Add(rule, []);
            Add(rule, [self, part]);
        }
        else
        {
            GrammarSymbol rest = new(_languages.Epsilon, -1);
            for (int i = repetition.Min; i < repetition.Max; i++)
            {
                int more = NewRule();
                Add(more, []);
                Add(more, [part, rest]);
                rest = new GrammarSymbol(null, more);
            }

            Add(rule, [rest]);
        }

        if (repetition.Min == 0)
        {
            return self;
        }

        int all = NewRule();
        if (repetition.Min > _options.MaxStates)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxStates), _options.MaxStates, repetition.Min, "The grammar");
        }

        Add(all, [.. Enumerable.Repeat(part, repetition.Min), self]);
        return new GrammarSymbol(null, all);
    }

    private bool Recurs(GrammarNode node) => node switch
    {
        GrammarNode.Rule rule => _recursive.Contains(rule.Name),
        GrammarNode.Sequence sequence => sequence.Parts.Any(Recurs),
        GrammarNode.Choice choice => choice.Parts.Any(Recurs),
        GrammarNode.Repetition repetition => Recurs(repetition.Part),
        _ => false,
    };

    private ByteLanguage RegularRule(string name)
    {
        if (!_regular.TryGetValue(name, out ByteLanguage? known))
        {
            known = _regular[name] = Regular(_rules[name]);
        }

        return known;
    }

    private ByteLanguage Regular(GrammarNode node) => node switch
    {
        GrammarNode.Pattern pattern => _patterns.Whole(pattern.Node),
        GrammarNode.Rule rule => RegularRule(rule.Name),
        GrammarNode.Sequence sequence => _languages.Concat([.. sequence.Parts.Select(Regular)]),
        GrammarNode.Choice choice => _languages.Or(choice.Parts.Select(Regular)),
        _ when node is GrammarNode.Repetition repetition => _languages.Repeat(Regular(repetition.Part), repetition.Min, repetition.Max),
        _ => throw new InvalidOperationException("There is no such part of a grammar."),
    };
}
