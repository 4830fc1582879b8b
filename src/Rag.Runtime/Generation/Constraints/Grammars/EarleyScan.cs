using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>A regular language that is being read.</summary>
/// <param name="Language">What is left of it.</param>
/// <param name="Item">The item with the dot before it.</param>
internal readonly record struct EarleyScan(ByteLanguage Language, EarleyItem Item);
