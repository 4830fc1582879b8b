namespace Rag.Runtime.Embedding;

/// <summary>How <see cref="StaticEmbedder"/> loads and runs a table. Read once, when it is loaded.</summary>
public sealed class StaticEmbedderOptions
{
    /// <summary>The name in the identity; by default the model's name on the hub, else its folder's.</summary>
    public string? ModelName { get; set; }

    /// <summary>
    /// Tokens of an input after which it is cut. A mean has no longest text, but it loses its subject over a long one: the
    /// starter table was made with texts of at most 254 tokens.
    /// </summary>
    /// <value>The default value is 512.</value>
    public int MaxTokens { get; set; } = 512;

    /// <summary>The token that stands for what the vocabulary does not know; it is left out of the mean.</summary>
    /// <value>The default value is "[UNK]".</value>
    public string UnknownToken { get; set; } = "[UNK]";

    /// <summary>Bytes of the table at most.</summary>
    /// <value>The default value is 1 GiB.</value>
    public long MaxTableBytes { get; set; } = 1L << 30;

    /// <summary>Threads that one call may use; 0 means one per processor that this process may use.</summary>
    /// <value>The default value is 0.</value>
    public int Threads { get; set; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        ArgumentException.ThrowIfNullOrEmpty(UnknownToken);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTableBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
