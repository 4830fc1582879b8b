namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>One way to write a rule.</summary>
/// <param name="Rule">The rule's number.</param>
/// <param name="Symbols">What it is written as.</param>
internal sealed record Production(int Rule, GrammarSymbol[] Symbols);
