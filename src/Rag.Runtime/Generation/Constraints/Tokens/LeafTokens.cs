using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>The tokens that lie within one language, and the nodes of the trie at which it may end.</summary>
/// <param name="Bits">The tokens.</param>
/// <param name="Exits">Nodes in preorder, none below another, each with what is left of the language there.</param>
internal sealed record LeafTokens(ulong[] Bits, (int Node, ByteLanguage Language)[] Exits);
