namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>A list or tuple.</summary>
/// <param name="Items">Its items; never changed after it was made.</param>
/// <param name="IsTuple">Whether it prints as a tuple.</param>
internal sealed record TemplateList(IReadOnlyList<object?> Items, bool IsTuple = false);
