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
    /// The largest number of tokens, special tokens included; tokens past it are cut from the text, never the special tokens
    /// around it. Default null: nothing is cut.
    /// </summary>
    public int? MaxTokens { get; init; }

    /// <summary>Which text of a pair is cut. Default the longer one.</summary>
    public TruncationStrategy Truncation { get; init; } = TruncationStrategy.LongestFirst;

    /// <summary>The end of a text that tokens are cut from. Default its end.</summary>
    public TextSide TruncationSide { get; init; } = TextSide.End;

    /// <summary>
    /// Whether what was cut off is given too, as further encodings of at most <see cref="MaxTokens"/> tokens, in
    /// <see cref="Encoding.Overflowing"/>. Default false. Where both texts of a pair were cut there is one for every two windows.
    /// </summary>
    public bool Windows { get; init; }

    /// <summary>How many tokens of its text each window repeats of the one before it. Default 0; of no effect without <see cref="Windows"/>.</summary>
    public int WindowOverlap { get; init; }

    /// <summary>The most encodings that one text or pair may become. Default 65,536.</summary>
    public int MaxWindows { get; init; } = 65_536;

    /// <summary>How encodings are filled up to one length. Default null: not at all. Ids alone are never filled up.</summary>
    public PaddingOptions? Padding { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When a number is negative, or <see cref="MaxWindows"/> is not positive.</exception>
    public void Validate()
    {
        if (MaxTokens is { } max)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(max, nameof(MaxTokens));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(WindowOverlap);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWindows);
        Padding?.Validate();
    }
}
