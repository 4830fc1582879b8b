using Rag.Runtime.Sessions;

namespace Rag.Runtime.Heads;

/// <summary>How a model with a head is loaded and run.</summary>
public class HeadModelOptions
{
    /// <summary>The device and threads.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>
    /// Tokens of an input, special tokens included, after which it is cut. By default what the model's files say
    /// (sentence_bert_config.json, else tokenizer_config.json), at most what the model takes.
    /// </summary>
    public int? MaxTokens { get; set; }

    /// <summary>Tokens that one batch may have, padding included; 2,048 by default. One input is always taken.</summary>
    public int BatchTokens { get; set; } = 2048;

    /// <summary>The most UTF-16 code units of one text, 1,000,000 by default.</summary>
    public int MaxCharacters { get; set; } = 1_000_000;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCharacters, 1);
        if (MaxTokens is { } tokens)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 8, nameof(MaxTokens));
        }
    }

    // A model keeps what it was given, whatever its giver changes later.
    internal HeadModelOptions Copy() => (HeadModelOptions)MemberwiseClone();
}
