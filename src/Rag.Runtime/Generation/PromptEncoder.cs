using System.Runtime.InteropServices;
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
internal sealed class PromptEncoder(Tokenizer tokenizer, Func<IReadOnlyList<ChatTurn>, string> render)
{
    private static readonly EncodeOptions Trusted = new() { AddSpecialTokens = false, ParseSpecialTokens = true };
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };

    /// <summary>Renders the template and encodes the result.</summary>
    public int[] Encode(IReadOnlyList<ChatTurn> turns)
    {
        // First only what spells a special token is kept out of the template. Where the pieces together still have more
        // special tokens than the template alone, a message completes one across its edge: then all of it is kept out.
        PromptPlaceholders some = new(turns);
        List<int> ids = Encode(turns.Select(turn => turn with { Content = HideSpecials(turn.Content, some) }).ToList(), some);
        int surplus = Count(ids) - Count(Encode(turns.Select(turn => turn with { Content = "x" }).ToList(), new PromptPlaceholders(turns)));

        // Some of a surplus can be honest: an unknown character's token is marked special as well.
        if (surplus > 0 && surplus > turns.Sum(turn => CountSpecials(turn.Content, Plain)))
        {
            PromptPlaceholders all = new(turns);
            ids = Encode(turns.Select(turn => turn with { Content = turn.Content.Length == 0 ? string.Empty : all.Hide(turn.Content) }).ToList(), all);
        }

        return [.. ids];
    }

    private List<int> Encode(List<ChatTurn> turns, PromptPlaceholders placeholders)
    {
        List<int> ids = [];
        foreach ((string text, bool hidden) in placeholders.Split(render(turns)))
        {
            tokenizer.Encode(text, ids, hidden ? Plain : Trusted);
        }

        return ids;
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

    private int Count(List<int> ids)
    {
        int count = 0;
        foreach (int id in CollectionsMarshal.AsSpan(ids))
        {
            count += tokenizer.IsSpecial(id) ? 1 : 0;
        }

        return count;
    }
}
