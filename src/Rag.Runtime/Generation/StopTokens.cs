using Rag.Models;
using Rag.Runtime.Generation.Replies;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation;

/// <summary>The tokens that end an answer.</summary>
internal static class StopTokens
{
    // Ends of turns and texts by name, as llama.cpp keeps them: published configurations often list only one of several.
    private static readonly string[] WellKnown =
    [
        "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<end_of_turn>",
        "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>", "<|end_of_role|>", "</s>", "<eos>",
    ];

    /// <summary>Those that the configuration names, and those of the vocabulary whose name says so.</summary>
    public static HashSet<int> Of(ModelFolder folder, Tokenizer tokenizer, ReplyForm replies)
    {
        HashSet<int> ids = [.. folder.Generation.EosTokenIds];
        foreach (string? name in WellKnown.Except(replies.GoOnTokens).Concat(replies.StopTokens).Append(folder.Tokenizer.EosToken))
        {
            if (name is not null && tokenizer.TokenToId(name) is { } id && tokenizer.IsSpecial(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
