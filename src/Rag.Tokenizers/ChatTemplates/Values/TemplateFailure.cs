namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>A template failed while it was rendered: by a mistake of its own, or because it raised an error itself.</summary>
internal sealed class TemplateFailure(string message, bool raisedByTemplate = false) : Exception(message)
{
    public bool RaisedByTemplate { get; } = raisedByTemplate;
}
