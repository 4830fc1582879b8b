namespace Rag.Tokenizers.ChatTemplates;

/// <summary>One message of a conversation as a chat template sees it.</summary>
/// <param name="Role">Who speaks: "system", "user", "assistant", or what the model's template knows besides.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatTurn(string Role, string Content);
