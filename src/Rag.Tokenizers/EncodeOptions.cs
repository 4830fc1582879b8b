namespace Rag.Tokenizers;

/// <summary>How a text is encoded. The defaults are those of the reference implementation.</summary>
public sealed class EncodeOptions
{
    internal static readonly EncodeOptions Default = new();

    /// <summary>Whether the post-processor adds the tokens that the model expects around a text, such as [CLS] and [SEP]. Default true.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>
    /// Whether text that spells a special token becomes that token. Default true, as in the reference implementation;
    /// false reads it as plain text, the safe choice for text that is not trusted. Added tokens that are not marked special
    /// are recognised either way.
    /// </summary>
    public bool ParseSpecialTokens { get; init; } = true;

    /// <summary>
    /// The largest number of tokens, special tokens included; tokens past it are cut from the end of the text, never the
    /// special tokens around it. Default null: nothing is cut.
    /// </summary>
    public int? MaxTokens { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="MaxTokens"/> is negative.</exception>
    public void Validate()
    {
        if (MaxTokens is { } max)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(max, nameof(MaxTokens));
        }
    }
}
