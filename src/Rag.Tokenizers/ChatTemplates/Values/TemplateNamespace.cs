namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>The one thing that a template may change: the result of namespace().</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Fields { get; } = [];
}
