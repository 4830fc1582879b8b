using Rag.Documents;

namespace Rag.Runtime.MaskedLanguage;

/// <summary>What a <see cref="MaskedLanguageModel"/> puts in one mask's place.</summary>
/// <param name="Range">The mask, in UTF-16 code units of the text.</param>
/// <param name="Tokens">The most probable tokens, the first of them first.</param>
public sealed record MaskFill(TextRange Range, IReadOnlyList<TokenProbability> Tokens);
