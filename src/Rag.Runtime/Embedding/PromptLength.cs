using Rag.Models.Configuration;
using Rag.Tokenizers;

namespace Rag.Runtime.Embedding;

/// <summary>
/// The tokens of a prompt before a text, for models that leave them out of the pooling ("include_prompt": false). A text
/// counts as prompted where it begins with one of the model's prompts or prefixes; the longest counts. Thread-safe.
/// </summary>
internal sealed class PromptLength
{
    private readonly (string Prompt, int Tokens)[] _prompts;

    public PromptLength(SentenceTransformerConfiguration? files, Prefixes prefixes, Tokenizer tokenizer, EncodeOptions options)
    {
        if (files is null or { IncludePrompt: true })
        {
            _prompts = [];
            return;
        }

        // As the reference counts: the prompt alone, without the special token at its end.
        int after = Trailing(tokenizer, options);
        _prompts = [.. files.Prompts.Values.Append(prefixes.Query).Append(prefixes.Document)
            .Where(prompt => prompt.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(prompt => prompt.Length)
            .Select(prompt => (prompt, Count(tokenizer, prompt, options) - after))];
    }

    /// <summary>How many of a text's first tokens are not pooled; 0 for none.</summary>
    public int Of(string text)
    {
        foreach ((string prompt, int tokens) in _prompts)
        {
            if (text.StartsWith(prompt, StringComparison.Ordinal))
            {
                return tokens;
            }
        }

        return 0;
    }

    // What stands behind a text: of what two texts have in common, the end.
    private static int Trailing(Tokenizer tokenizer, EncodeOptions options)
    {
        List<int> empty = [], one = [];
        tokenizer.Encode(string.Empty, empty, options);
        tokenizer.Encode("a", one, options);
        return empty.Count > 0 && one.Count > 0 && empty[^1] == one[^1] ? 1 : 0;
    }

    private static int Count(Tokenizer tokenizer, string text, EncodeOptions options)
    {
        List<int> ids = [];
        tokenizer.Encode(text, ids, options);
        return ids.Count;
    }
}
