namespace Rag.Tokenizers.ChatTemplates;

/// <summary>A chat template: the program, in a small part of Jinja, that turns a conversation into a model's prompt.</summary>
public sealed class ChatTemplate
{
    private ChatTemplate()
    {
    }

    /// <summary>The form for a model without a template, or with one that cannot be parsed here.</summary>
    public static ChatTemplate Default => throw new NotImplementedException();

    /// <summary>Parses a template.</summary>
    /// <exception cref="UnsupportedException">When it uses a part of the language that is not known here.</exception>
    /// <exception cref="CorruptException">When it is not a template at all.</exception>
    public static ChatTemplate Parse(string jinja) => throw new NotImplementedException();

    /// <summary>The prompt for a conversation.</summary>
    public string Render(IReadOnlyList<ChatTurn> turns, ChatTemplateContext context) => throw new NotImplementedException();
}
