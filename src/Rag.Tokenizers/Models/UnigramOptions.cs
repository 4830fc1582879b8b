namespace Rag.Tokenizers.Models;

/// <summary>The switches of a unigram model.</summary>
internal sealed record UnigramOptions
{
    /// <summary>The id of the unknown token, or -1.</summary>
    public int UnknownId { get; init; } = -1;

    /// <summary>Whether unknown text is spelt as byte tokens.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>
    /// SentencePiece's own ways: sums are rounded to single precision, which decides near ties, and byte tokens have the range
    /// of their character and not of the whole unknown run.
    /// </summary>
    public bool IsSentencePiece { get; init; }
}
