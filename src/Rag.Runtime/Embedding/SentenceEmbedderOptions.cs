using Rag.Runtime.Sessions;

namespace Rag.Runtime.Embedding;

/// <summary>How <see cref="SentenceEmbedder"/> loads and runs a model.</summary>
public sealed class SentenceEmbedderOptions
{
    internal const int LongestByDefault = 8192;

    /// <summary>The device and threads.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>The name in the identity; by default the model's name on the hub, else its folder's.</summary>
    public string? ModelName { get; set; }

    /// <summary>
    /// Tokens of an input, special tokens included, after which it is cut. By default what the model's files say
    /// (sentence_bert_config.json, else tokenizer_config.json), at most what the encoder takes, and at most 8,192: the memory of
    /// attention grows with the square of the tokens (3 GB for 12 heads there).
    /// </summary>
    public int? MaxTokens { get; set; }

    /// <summary>Tokens that one batch may have, padding included; 512 by default: more no longer fit the processor's caches. One input is always taken.</summary>
    public int BatchTokens { get; set; } = 512;

    /// <summary>
    /// Whether text that spells a special token, such as "[SEP]", becomes that token. Off by default: documents are not
    /// trusted to write the model's control tokens. The reference implementation has it on.
    /// </summary>
    public bool ParseSpecialTokens { get; set; }

    /// <summary>
    /// Text that belongs before a question; empty for none. By default the prompt "query" of config_sentence_transformers.json,
    /// else its default prompt, else what is known of a model of this name (bge, e5, arctic-embed), else none.
    /// </summary>
    public string? QueryPrefix { get; set; }

    /// <summary>Text that belongs before a passage; empty for none. By default as <see cref="QueryPrefix"/>, of the prompts "document", "passage" or "corpus".</summary>
    public string? DocumentPrefix { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        if (MaxTokens is { } tokens)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 3, nameof(MaxTokens));
        }
    }
}
