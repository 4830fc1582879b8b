using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Models;

/// <summary>The switches of a SentencePiece BPE model.</summary>
internal sealed record SentencePieceBpeOptions
{
    /// <summary>The id of the unknown token, or -1.</summary>
    public int UnknownId { get; init; } = -1;

    /// <summary>Whether unknown text is spelt as byte tokens.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>User-defined pieces with their ids, or null for none.</summary>
    public TokenTrie? UserDefined { get; init; }

    /// <summary>Ids that are never given; they are taken apart again.</summary>
    public IReadOnlySet<int>? Unused { get; init; }
}
