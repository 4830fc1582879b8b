using Microsoft.Extensions.AI;

namespace Rag.Prompting;

/// <summary>The exact prompt, and what of the sources is in it.</summary>
/// <param name="Messages">Instructions, then sources and earlier turns, last the question.</param>
/// <param name="Sources">The sources that the model sees, by number from 1; those that did not fit are left out.</param>
/// <param name="Tokens">Tokens of the messages, with what the template may put around them.</param>
/// <param name="AnswerTokens">Tokens that are left for the answer.</param>
public sealed record ComposedPrompt(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<PromptSource> Sources, int Tokens, int AnswerTokens);
