namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>What a name or attribute is that does not exist: empty and false, and an error for most other uses.</summary>
/// <param name="Description">Names it for errors.</param>
internal sealed record Undefined(string Description);
