using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>What a schema allows, by the kinds of JSON values; everything within arrays and objects stays a term.</summary>
/// <param name="Literals">Of null, true and false.</param>
/// <param name="Numbers">The numbers, without exponents.</param>
/// <param name="Strings">The strings with their quotes.</param>
/// <param name="Arrays">The arrays; any of these.</param>
/// <param name="Objects">The objects; any of these.</param>
internal sealed record SchemaShape(
    ByteLanguage Literals, ByteLanguage Numbers, ByteLanguage Strings, IReadOnlyList<ArrayShape> Arrays, IReadOnlyList<ObjectShape> Objects);
