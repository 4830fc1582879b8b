namespace Rag.Runtime.MaskedLanguage;

/// <summary>A token and how probable the model holds it.</summary>
/// <param name="Token">The token as the vocabulary spells it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">From 0 to 1, among all tokens.</param>
public readonly record struct TokenProbability(string Token, int Id, float Probability);
