using Rag.Models;
using Rag.Runtime.Generation.Replies;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Generation;

/// <summary>
/// The form of a model's prompts: its own chat template, or the stated default form. Thread-safe.
/// </summary>
internal sealed class PromptTemplate
{
    private readonly ChatTemplate _template;
    private readonly ChatTemplateContext _context;

    private PromptTemplate(ChatTemplate template, ChatTemplateContext context, string? notice)
    {
        _template = template;
        _context = context;
        Notice = notice;
    }

    /// <summary>Why the default form is used; null where the model's own template is.</summary>
    public string? Notice { get; }

    /// <summary>What the model's replies look like.</summary>
    public ReplyForm Replies => ReferenceEquals(_template, ChatTemplate.Default) ? ReplyForm.Plain : ReplyForm.Of(_template.Source);

    /// <summary>Texts that end an answer in this form, beside the model's stop tokens.</summary>
    public IReadOnlyList<string> StopStrings => ReferenceEquals(_template, ChatTemplate.Default) ? ["\n### User:"] : [];

    /// <summary>The template of a model folder.</summary>
    /// <exception cref="CorruptException">The template is none at all.</exception>
    public static PromptTemplate Of(ModelFolder folder)
    {
        ChatTemplateContext context = new() { BosToken = folder.Tokenizer.BosToken ?? string.Empty, EosToken = folder.Tokenizer.EosToken ?? string.Empty };
        if (folder.Tokenizer.ChatTemplate is not { } source)
        {
            return new PromptTemplate(ChatTemplate.Default, context, $"The model {folder.FolderPath} has no chat template; the default form is used.");
        }

        try
        {
            return new PromptTemplate(ChatTemplate.Parse(source), context, null);
        }
        catch (UnsupportedException exception)
        {
            return new PromptTemplate(ChatTemplate.Default, context, $"The chat template of {folder.FolderPath} is not understood, so the default form is used: {exception.Message}");
        }
    }

    /// <summary>
    /// The prompt of a conversation. A template that refuses a system message gets it as the beginning of the first user
    /// message, as the authors of such templates advise.
    /// </summary>
    /// <exception cref="IncompatibleException">The template refuses the conversation.</exception>
    public string Render(IReadOnlyList<ChatTurn> turns, IReadOnlyDictionary<string, object?> variables)
    {
        ChatTemplateContext context = variables.Count == 0 ? _context : new ChatTemplateContext { BosToken = _context.BosToken, EosToken = _context.EosToken, Extras = variables };
        try
        {
            return _template.Render(turns, context);
        }
        catch (IncompatibleException) when (turns is [{ Role: "system" }, { Role: "user" }, ..])
        {
            ChatTurn merged = turns[1] with { Content = $"{turns[0].Content}\n\n{turns[1].Content}" };
            return _template.Render([merged, .. turns.Skip(2)], context);
        }
    }
}
