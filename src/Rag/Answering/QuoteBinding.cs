using Microsoft.Extensions.AI;
using Rag.Prompting;

namespace Rag.Answering;

/// <summary>Holds what a model writes in one answer to quotes of the sources that it is shown, where the model's client can be told to.</summary>
/// <param name="sources">What may be quoted: the text of each, to the letter.</param>
/// <param name="refusal">The sentence that it may say instead.</param>
/// <param name="options">The options of the request, which are changed.</param>
/// <returns>Finds the quotes in what the model wrote; null where nothing was changed.</returns>
public delegate QuoteFinder? QuoteBinding(IReadOnlyList<PromptSource> sources, string refusal, ChatOptions options);
