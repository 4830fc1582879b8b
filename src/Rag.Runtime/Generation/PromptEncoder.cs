using System.Text;
using Rag.Tokenizers;
using Rag.Tokenizers.ChatTemplates;
using Encoding = Rag.Tokenizers.Encoding;

namespace Rag.Runtime.Generation;

/// <summary>
/// A conversation to tokens. Special tokens come from the chat template alone: a message that spells one ("&lt;|im_end|&gt;"
/// in a document) is encoded as the characters it consists of, so it can end no turn and begin none. A conversation that
/// spells none gets exactly the tokens of the reference implementation. Thread-safe.
/// </summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="render">The model's chat template.</param>
internal sealed class PromptEncoder(Tokenizer tokenizer, Func<IReadOnlyList<ChatTurn>, IReadOnlyDictionary<string, object?>, string> render)
{
    private const int MostEnd = 64;
    private static readonly Dictionary<string, object?> NoVariables = [];
    private static readonly EncodeOptions Trusted = new() { AddSpecialTokens = false, ParseSpecialTokens = true };
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };

    /// <param name="tokenizer">The model's.</param>
    /// <param name="render">A template that sees messages alone.</param>
    public PromptEncoder(Tokenizer tokenizer, Func<IReadOnlyList<ChatTurn>, string> render)
        : this(tokenizer, (turns, _) => render(turns))
    {
    }

    /// <summary>Renders the template and encodes the result.</summary>
    public int[] Encode(IReadOnlyList<ChatTurn> turns) => Encode(turns, NoVariables).Ids;

    /// <summary>Renders the template with further variables, such as tools, and encodes the result.</summary>
    public EncodedPrompt Encode(IReadOnlyList<ChatTurn> turns, IReadOnlyDictionary<string, object?> variables)
    {
        // First only what spells a special token is kept out of the template. Where the pieces together still have more
        // special tokens than the template alone, a message completes one across its edge: then all of it is kept out.
        PromptPlaceholders some = new(turns, variables);
        EncodedPrompt prompt = Encode(turns, variables, text => HideSpecials(text, some), some);
        int surplus = Count(prompt.Ids) - Count(Encode(turns, variables, text => text.Length == 0 ? text : "x", new PromptPlaceholders(turns, variables)).Ids);

        // Some of a surplus can be honest: an unknown character's token is marked special as well.
        if (surplus > 0 && surplus > turns.Sum(turn => TurnTexts.Of(turn).Sum(text => CountSpecials(text, Plain))))
        {
            PromptPlaceholders all = new(turns, variables);
            prompt = Encode(turns, variables, text => text.Length == 0 ? text : all.Hide(text), all);
        }

        return prompt;
    }

    // What tools say of themselves is kept out of the template where it spells a special token, never else: templates look into it.
    private EncodedPrompt Encode(IReadOnlyList<ChatTurn> turns, IReadOnlyDictionary<string, object?> variables, Func<string, string> hide, PromptPlaceholders placeholders)
    {
        List<int> ids = [];
        string end = "";
        string rendered = render([.. turns.Select(turn => TurnTexts.Map(turn, hide))], TurnTexts.Map(variables, text => HideSpecials(text, placeholders)));
        foreach ((string text, bool hidden) in placeholders.Split(rendered))
        {
            tokenizer.Encode(text, ids, hidden ? Plain : Trusted);
            end = hidden ? "" : text[Math.Max(0, text.Length - MostEnd)..];
        }

        return new EncodedPrompt([.. ids], end);
    }

    /// <summary>The content with every run of special tokens that it spells replaced by a placeholder.</summary>
    private string HideSpecials(string content, PromptPlaceholders placeholders)
    {
        if (CountSpecials(content, Trusted) == 0)
        {
            return content;
        }

        Encoding encoding = tokenizer.Encode(content, Trusted);
        StringBuilder result = new(content.Length);
        int done = 0;
        for (int i = 0; i < encoding.Ids.Count; i++)
        {
            (int start, int end) = (encoding.Offsets[i].Start, encoding.Offsets[i].End);
            if (tokenizer.IsSpecial(encoding.Ids[i]) && end > start && start >= done)
            {
                result.Append(content, done, start - done).Append(placeholders.Hide(content[start..end]));
                done = end;
            }
        }

        return result.Append(content, done, content.Length - done).ToString();
    }

    private int CountSpecials(string text, EncodeOptions options)
    {
        List<int> ids = [];
        tokenizer.Encode(text, ids, options);
        return Count(ids);
    }

    private int Count(IReadOnlyList<int> ids)
    {
        int count = 0;
        foreach (int id in ids)
        {
            count += tokenizer.IsSpecial(id) ? 1 : 0;
        }

        return count;
    }
}
