using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>One symbol of a production: a regular language, or a rule by its number.</summary>
/// <param name="Language">The language; null for a rule.</param>
/// <param name="Rule">The rule's number; -1 for a language.</param>
internal readonly record struct GrammarSymbol(ByteLanguage? Language, int Rule);
