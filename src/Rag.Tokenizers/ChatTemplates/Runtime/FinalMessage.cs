using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>Ends a prompt within its last message (transformers chat_template_utils.py, continue_final_message).</summary>
internal static class FinalMessage
{
    /// <exception cref="TemplateFailure">The prompt does not hold the message as it is.</exception>
    public static string Cut(string rendered, object? messages)
    {
        if (messages is not TemplateList { Items: [.., TemplateMap last] } || Text(last) is not { } text)
        {
            throw new TemplateFailure("there is no message with a text to go on with");
        }

        int start = rendered.LastIndexOf(text.Trim(), StringComparison.Ordinal);
        if (start < 0)
        {
            throw new TemplateFailure("the last message is not in the prompt as it is, so it cannot be gone on with");
        }

        string kept = text.TrimStart();
        return rendered.AsSpan(start).StartsWith(kept, StringComparison.Ordinal) ? rendered[..(start + kept.Length)] : rendered[..(start + text.Trim().Length)];
    }

    // Of a list of parts the last text.
    private static string? Text(TemplateMap message) => !message.TryGet("content", out object? content) ? null : content switch
    {
        string text => text,
        TemplateList parts => parts.Items.OfType<TemplateMap>().Select(part => part.TryGet("text", out object? text) ? text as string : null).LastOrDefault(text => text is not null),
        _ => null,
    };
}
